import type { Logger } from 'pino';
import type { Viewer } from './auth/viewer.ts';
import type { Config } from './config.ts';
import type { Database } from './db/client.ts';
import type { Loaders } from './graphql/loader.ts';
import type { Live } from './live/live.ts';
import type { ImageProcessor } from './media/image.ts';
import type { MediaStorage } from './media/storage.ts';
import type { Links } from './remotes/links.ts';
import type { Remotes } from './remotes/remotes.ts';
import type { RequestStats } from './telemetry/request.ts';

/** What pictures are made with, and where they lie. */
export interface Media {
  images: ImageProcessor;
  storage: MediaStorage;
}

/** What a request carries to its resolvers. */
export interface Context {
  db: Database;
  config: Config;
  /** The person behind the token; null without one. */
  viewer: Viewer | null;
  /** Whether the viewer could still sign in, for what goes on after the request. */
  viewerRemains: () => Promise<boolean>;
  /** Aborts when the client leaves; absent where nothing waits for that. */
  signal: AbortSignal | undefined;
  /** Whom something may be new for is told here, once it is committed. */
  live: Live;
  loaders: Loaders;
  media: Media;
  /** Has archives made that have been asked for, once that is committed. */
  wakeExports: () => void;
  /** People of other systems. */
  remotes: Remotes;
  /** Accounts of people here in other systems. */
  links: Links;
  /** What is noted of it for the log and the metrics. */
  stats: RequestStats;
  /** What has gone into the answer so far, of what it may have: see graphql/budget.ts. */
  spent: {
    values: number;
    /** Pages that sources were asked for. */
    sources: number;
  };
  /** The clock, so that what depends on it can be tested. */
  now: () => Date;
  log: Logger;
}

/** The viewer's id where their token lets them see what they alone see of their own profile, else null: domain rule 5. */
export function ownerId(ctx: Context): string | null {
  return ctx.viewer?.scopes.has('profile') ? ctx.viewer.id : null;
}

/** The viewer's id, or null: what visibility predicates take. */
export function viewerId(ctx: Context): string | null {
  return ctx.viewer?.id ?? null;
}
