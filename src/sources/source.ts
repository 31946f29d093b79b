// What every system outside can be asked: see records.ts for what it answers with.
import type {
  SourceFlag,
  SourceMember,
  SourcePage,
  SourcePerson,
  SourcePhoto,
  SourcePost,
  SourceProvider,
  SourceTie,
} from './records.ts';

/** By exactly one of the two. */
export type SourceKey = { externalId: string } | { accountName: string };

export interface Ask {
  /** Whose eyes it is seen with; null for the operator's own credentials, or nobody's. */
  token: string | null;
  signal: AbortSignal;
}

/** Where a page goes on: what `SourcePage.next` said, null for the first. */
export type After = string | null;

/**
 * One of the four systems at one of its servers. All of its functions reject with a SourceError and with nothing else.
 * What a system has no call for is left out.
 */
export interface Source {
  readonly provider: SourceProvider;
  /** Which of the provider's servers: its host; "" where there is but one. */
  readonly instance: string;
  /** @returns null for who is not there, or may not be seen. */
  person: (key: SourceKey, ask: Ask) => Promise<SourcePerson | null>;
  /** Who the token is: what an account is linked by. */
  self: (ask: Ask & { token: string }) => Promise<SourcePerson>;
  /** Their members in full, where `person` has them in short. */
  members?: (externalId: string, after: After, ask: Ask) => Promise<SourcePage<SourceMember>>;
  /** All flags of the token's person, those that they show or not. */
  flags?: (ask: Ask & { token: string }) => Promise<readonly SourceFlag[]>;
  posts?: (externalId: string, after: After, ask: Ask) => Promise<SourcePage<SourcePost>>;
  photos?: (externalId: string, after: After, ask: Ask) => Promise<SourcePage<SourcePhoto>>;
  /** Everybody whom the source lists to this token: what an operator moves in. */
  people?: (after: After, ask: Ask) => Promise<SourcePage<SourcePerson>>;
  followers?: (externalId: string, after: After, ask: Ask) => Promise<SourcePage<SourcePerson>>;
  following?: (externalId: string, after: After, ask: Ask) => Promise<SourcePage<SourcePerson>>;
  connections?: (externalId: string, after: After, ask: Ask) => Promise<SourcePage<SourcePerson>>;
  /** How the token's own person stands to those they have to do with. */
  ties?: (after: After, ask: Ask & { token: string }) => Promise<SourcePage<SourceTie>>;
}
