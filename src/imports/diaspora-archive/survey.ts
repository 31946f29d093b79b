// The first reading of an archive, which takes all that is small, and finds what is wrong before anything is written.
import type { z } from 'zod';
import { ImportError } from '../import.ts';
import { entriesOf } from '../json-entries.ts';
import type { Report } from '../report.ts';
import {
  archiveVersion,
  contactGroup,
  handle,
  nameOf,
  type ProfilePayload,
  participation,
  profile,
  typed,
} from './payloads.ts';

/** Most people that are blocked, most aspects, and most votes on polls, that are kept in mind. */
const maxBlocks = 100_000;
const maxGroups = 1_000;
const maxVotes = 500_000;

export interface Survey {
  /** Whose archive it is: their diaspora* ID, and the pod in it. */
  owner: string;
  host: string;
  /** Their name at the pod. */
  username: string;
  profile: ProfilePayload;
  language: string | null;
  noMail: boolean;
  groups: readonly string[];
  blocks: ReadonlySet<string>;
  votes: Votes;
  hasReshares: boolean;
}

const plan = {
  version: 'value',
  'user.username': 'value',
  'user.profile': 'value',
  'user.language': 'value',
  'user.disable_mail': 'value',
  'user.auto_follow_back': 'value',
  'user.auto_follow_back_aspect': 'value',
  'user.show_community_spotlight_in_stream': 'value',
  'user.blocks': 'list',
  'user.contact_groups': 'list',
  'user.followed_tags': 'list',
  'user.posts': 'list',
  'user.relayables': 'list',
  'others_data.relayables': 'list',
  'others_data.posts': 'list',
} as const;

/** Votes in polls: each person's first one in each. */
export class Votes {
  readonly #voters = new Map<string, Set<string>>();
  readonly #byAnswer = new Map<string, number>();
  #count = 0;

  /** @returns whether there was room for it. */
  add({ author, parent_guid, poll_answer_guid }: z.output<typeof participation>): boolean {
    const voters = this.#voters.get(parent_guid) ?? new Set();
    if (voters.has(author)) return true;
    if (this.#count === maxVotes) return false;
    this.#count++;
    this.#voters.set(parent_guid, voters.add(author));
    const answer = `${parent_guid} ${poll_answer_guid}`;
    this.#byAnswer.set(answer, (this.#byAnswer.get(answer) ?? 0) + 1);
    return true;
  }

  for(poll: string, answer: string): number {
    return this.#byAnswer.get(`${poll} ${answer}`) ?? 0;
  }
}

/**
 * Reads the whole of an archive once.
 * @param report takes what there is no place for here.
 * @throws ImportError for what is no archive, or of another version.
 */
export async function surveyOf(file: string, report: Report, read: (bytes: number) => void): Promise<Survey> {
  const found: Partial<Record<keyof typeof plan, unknown>> = {};
  const groups = new Set<string>();
  const blocks = new Set<string>();
  const votes = new Votes();
  let hasReshares = false;
  const takeVote = (value: unknown) => {
    if (typed.safeParse(value).data?.entity_type !== 'poll_participation') return;
    const vote = participation.safeParse(value);
    if (!vote.success) report.left('votes', 'cannot be read', nameOf(value));
    else if (!votes.add(vote.data)) report.left('votes', `more than ${maxVotes} of them`);
  };
  for await (const { path, value, problem } of entriesOf(file, plan, read)) {
    switch (path) {
      case 'user.blocks': {
        const blocked = handle.safeParse(value);
        if (!blocked.success) report.left('blocks', 'no diaspora* ID', nameOf(value));
        else if (blocks.size < maxBlocks) blocks.add(blocked.data);
        else report.left('blocks', `more than ${maxBlocks} of them`, blocked.data);
        break;
      }
      case 'user.contact_groups': {
        const group = contactGroup.safeParse(value);
        if (!group.success) report.left('aspects', 'cannot be read');
        else if (groups.size < maxGroups) groups.add(group.data.name);
        else report.left('aspects', `more than ${maxGroups} of them`);
        break;
      }
      case 'user.followed_tags':
        report.left(
          'followed tags',
          'nobody follows tags here',
          typeof value === 'string' ? value : undefined,
        );
        break;
      case 'user.posts':
        hasReshares ||= typed.safeParse(value).data?.entity_type === 'reshare';
        break;
      case 'user.relayables':
      case 'others_data.relayables':
        takeVote(value);
        break;
      case 'others_data.posts':
        report.left('posts of others', 'they come with their authors', nameOf(value));
        break;
      default:
        if (problem !== undefined) throw new ImportError(`${file}: ${path} is ${problem}.`);
        Object.assign(found, { [path]: value });
    }
  }
  return { ...checked(file, found, report), groups: [...groups], blocks, votes, hasReshares };
}

function checked(
  file: string,
  found: Readonly<Partial<Record<keyof typeof plan, unknown>>>,
  report: Report,
): Omit<Survey, 'groups' | 'blocks' | 'votes' | 'hasReshares'> {
  const { version } = found;
  if (version !== archiveVersion) {
    const said = typeof version === 'string' || typeof version === 'number' ? String(version) : 'no version';
    throw new ImportError(
      `${file} is no diaspora* archive of version ${archiveVersion}: it says ${JSON.stringify(said.slice(0, 40))}.`,
    );
  }
  const read = profile.safeParse(found['user.profile']);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new ImportError(
      `${file} has no profile that says whose archive it is: user.profile${issue ? `.${issue.path.join('.')}` : ''} cannot be read.`,
    );
  }
  const [name = '', host = ''] = read.data.author.split('@');
  const { 'user.language': language, 'user.username': username } = found;
  const nowhere = [
    'user.auto_follow_back',
    'user.auto_follow_back_aspect',
    'user.show_community_spotlight_in_stream',
  ] as const;
  for (const setting of nowhere) {
    if (found[setting]) report.left('settings', 'there is nothing like them here', setting);
  }
  return {
    owner: read.data.author,
    host,
    username: typeof username === 'string' && username !== '' ? username : name,
    profile: read.data,
    language: typeof language === 'string' ? language : null,
    noMail: found['user.disable_mail'] === true,
  };
}
