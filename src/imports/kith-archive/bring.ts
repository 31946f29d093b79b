// How a thing of an archive comes here: once, whole, with its pictures; or it is left, and it is said why.
import type { z } from 'zod';
import type { Config } from '../../config.ts';
import type { Database } from '../../db/client.ts';
import { brokenConstraint, transaction } from '../../db/errors.ts';
import { newId } from '../../db/uuid.ts';
import { storePicture } from '../../features/media/pictures.ts';
import { fileSizes } from '../../features/media/rules.ts';
import { dropPending } from '../../features/media/store.ts';
import type { Picture, PictureKind } from '../../features/media/table.ts';
import { PostDenied } from '../../features/posts/lock-store.ts';
import { UnknownReferences } from '../../features/profile/preference-rules.ts';
import { insertOrigin, thingsFromKith } from '../../features/remotes/kith-origin-store.ts';
import type { OriginKind, RemoteCounters } from '../../features/remotes/table.ts';
import { RoomDenied } from '../../features/rooms/lock-store.ts';
import { Refusal } from '../../graphql/errors.ts';
import { ImageError, type ImageProcessor } from '../../media/image.ts';
import type { MediaStorage } from '../../media/storage.ts';
import { ImportError } from '../import.ts';
import type { Progress } from '../progress.ts';
import type { Report } from '../report.ts';
import { problemOf, type Shapes } from './shapes.ts';
import type { ArchiveReader } from './zip.ts';

/** What is brought, and where to. */
export interface Bringing {
  db: Database;
  storage: MediaStorage;
  config: Config;
  /** Whether what others did is taken as well. */
  withOthers: boolean;
  report: Report;
  progress: Progress;
  now: () => Date;
  archive: ArchiveReader;
  /** The id of whose it becomes. */
  me: string;
  shapes: Shapes;
  images: ImageProcessor;
}

/** Something that is not taken; the message says why. */
export class Left extends Error {
  override readonly name = 'Left';
}

const refusedConstraints: Record<string, string> = {
  members_name_unique: 'a member of this name is here already',
  user_stats_members_limit: 'there are as many members as there may be',
  user_stats_flags_limit: 'the library has as many flags as there may be',
  rooms_slug_unique: 'another room here has this slug',
  aspects_name_unique: 'an aspect of this name is here already',
  connections_no_block: 'a block stands between the two',
  follows_no_block: 'a block stands between the two',
  origins_pkey: 'it has come meanwhile',
};

/** Why something was not taken. @throws what is no reason, but a failure. */
export function reasonOf(error: unknown): string {
  if (error instanceof Left || error instanceof ImageError) return error.message;
  if (error instanceof Refusal) {
    const [first] = error.errors;
    return first ? `${withoutPlaces(first.path)}: ${first.message}` : error.message;
  }
  if (error instanceof PostDenied || error instanceof RoomDenied) return error.message;
  if (error instanceof UnknownReferences) return 'it names a preference or a flag that is not there';
  const reason = refusedConstraints[brokenConstraint(error) ?? ''];
  if (reason === undefined) throw error;
  return reason;
}

/** Where something is, whatever entry of a list it is in: what is said of many is said once. */
const withoutPlaces = (path: readonly string[]) => path.filter((key) => !/^\d+$/.test(key)).join('.');

/** The entries of a file that are as they should be; the others are left. */
export async function* shaped<Shape extends z.ZodType>(
  { archive, report, progress }: Bringing,
  file: string,
  kind: string,
  shape: Shape,
): AsyncGenerator<z.output<Shape>> {
  for await (const entry of archive.rows(file)) {
    progress.step(kind);
    const { data, error } = shape.safeParse(entry);
    if (error) report.left(kind, problemOf(error));
    else yield data;
  }
}

/** The same, some at a time. */
export async function* batched<Row>(rows: AsyncIterable<Row>, size = 200): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  for await (const row of rows) {
    if (batch.push(row) < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** A picture of an archive, and what it is for. */
export interface GivenPicture {
  kind: PictureKind;
  /** Null for none. */
  path: string | null;
  isPrivate?: boolean;
}

/**
 * Stores pictures and does what they are for; when that fails, nothing of them stays. One that cannot be used is left.
 * @param run gets null in the place of each that there is none of.
 */
export async function withPictures<Done>(
  { archive, images, report, db, storage, now }: Bringing,
  given: readonly GivenPicture[],
  run: (pictures: readonly (Picture | null)[]) => Promise<Done>,
): Promise<Done> {
  const names: string[] = [];
  const store = async ({ kind, path, isPrivate }: GivenPicture): Promise<Picture | null> => {
    if (path === null) return null;
    if (!archive.has(path)) {
      report.left('pictures', 'not in the archive');
      return null;
    }
    try {
      const image = await images.process(() => archive.picture(path), fileSizes[kind], null);
      return await storePicture({ db, media: { storage }, now }, kind, image, names, isPrivate);
    } catch (error) {
      if (!(error instanceof ImageError || error instanceof ImportError)) throw error;
      report.left('pictures', error instanceof ImageError ? error.message : 'cannot be read');
      return null;
    }
  };
  try {
    const pictures: (Picture | null)[] = [];
    for (const picture of given) pictures.push(await store(picture));
    return await run(pictures);
  } catch (error) {
    if (names.length > 0) await dropPending(db, names);
    throw error;
  }
}

/** A thing of an archive. */
export interface Thing {
  kind: OriginKind;
  /** What the report calls it. */
  name: string;
  originId: string;
  createdAt: Date;
  pictures?: readonly GivenPicture[];
  counters?: RemoteCounters;
}

/**
 * Brings a thing here, unless it has come before.
 * @param write writes it under this id, in a transaction that is all or nothing.
 * @returns its id here; null where it was left.
 */
export async function bring(
  to: Bringing,
  { kind, name, originId, createdAt, pictures = [], counters }: Thing,
  write: (tx: Database, id: string, pictures: readonly (Picture | null)[]) => Promise<unknown>,
): Promise<string | null> {
  const { db, me, report } = to;
  const known = (await thingsFromKith(db, kind, me, [originId])).get(originId);
  if (known !== undefined) return known;
  const id = newId(createdAt);
  try {
    await withPictures(to, pictures, (stored) =>
      transaction(db, async (tx) => {
        await write(tx, id, stored);
        await insertOrigin(tx, { kind, ownerId: me, originId, id, ...(counters ? { counters } : {}) });
      }),
    );
  } catch (error) {
    report.left(name, reasonOf(error));
    return null;
  }
  report.took(name);
  return id;
}
