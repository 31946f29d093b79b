// Who moves in: their account here, and what their profile says.
import { brokenConstraint, transaction } from '../../db/errors.ts';
import { renderMarkdown } from '../../features/profile/markdown.ts';
import { maxTags, tag } from '../../features/profile/rules.ts';
import { updateProfile } from '../../features/profile/store.ts';
import { settingsShape } from '../../features/settings/rules.ts';
import {
  accountHolder,
  addAccount,
  createNewcomer,
  type Holder,
  holderNamed,
  profileToFill,
  settleRemote,
} from '../../features/users/import-store.ts';
import {
  hasUsernameCharacters,
  isBirthday,
  isReservedUsername,
  usernameKey,
  usernameLength,
} from '../../features/users/rules.ts';
import type { UserChange } from '../../features/users/store.ts';
import { toBirthday } from '../../sources/diaspora/person.ts';
import { ImportError, type ImportOptions } from '../import.ts';
import type { Report } from '../report.ts';
import type { Moving } from './context.ts';
import type { ProfilePayload } from './payloads.ts';
import type { Survey } from './survey.ts';
import { cutTo, lineOf, storable } from './texts.ts';

type Options = Pick<ImportOptions, 'db' | 'config' | 'user' | 'now'>;

/**
 * The account here that an archive goes into: the one that it went into before, else the one that is named, which is made
 * where there is none.
 * @throws ImportError where it is somebody else's, or cannot be made.
 */
export async function settleOwner(
  options: Options,
  survey: Survey,
  report: Report,
): Promise<Moving['owner']> {
  try {
    return await transaction(options.db, async (tx) => {
      const { now, config } = options;
      const { owner, host } = survey;
      const key = { provider: 'DIASPORA', instance: host, externalId: owner, accountName: owner } as const;
      const before = await accountHolder(tx, key);
      if (before && !before.isRemote) return sameOwner(before, options.user, owner);
      const username = usernameFor(options.user, survey.username);
      const there = await holderNamed(tx, username);
      if (there) {
        refuseUnlessNamed(there, options.user, before, owner);
        await addAccount(tx, there.id, key, now);
        return { id: there.id, username: there.username, isNew: false };
      }
      const newcomer = {
        username,
        settings: settingsOf(survey, report),
      };
      const issuer = config.auth.issuer ?? '';
      if (before) {
        await settleRemote(tx, issuer, before.id, newcomer, now);
        return { id: before.id, username, isNew: true };
      }
      const id = await createNewcomer(tx, issuer, newcomer, now);
      await addAccount(tx, id, key, now);
      return { id, username, isNew: true };
    });
  } catch (error) {
    const constraint = brokenConstraint(error);
    if (constraint === 'claims_pkey' || constraint === 'users_username_unique') {
      throw new ImportError(
        'The username is taken, or was somebody’s who is gone. Choose another with --user.',
      );
    }
    throw error;
  }
}

function sameOwner({ id, username }: Holder, user: string | undefined, owner: string): Moving['owner'] {
  if (user !== undefined && usernameKey(user) !== usernameKey(username)) {
    throw new ImportError(
      `${owner} has moved into the account of ${username}, and cannot move into another.`,
    );
  }
  return { id, username, isNew: false };
}

function usernameFor(user: string | undefined, name: string): string {
  const username = user ?? name;
  const { min, max } = usernameLength;
  const fits = username.length >= min && username.length <= max && hasUsernameCharacters(username);
  if (fits && !isReservedUsername(username)) return username;
  throw new ImportError(
    `${JSON.stringify(username.slice(0, 80))} can be nobody’s username here. Choose one with --user: ${min}–${max} of A–Z a–z 0–9 _ . -`,
  );
}

/** An account that is there already is somebody's: theirs only when whoever runs the command says so. */
function refuseUnlessNamed(
  there: Holder,
  user: string | undefined,
  before: Holder | null,
  owner: string,
): void {
  if (user === undefined) {
    throw new ImportError(
      `Somebody here is called ${there.username} already. If that is who moves in, say --user ${there.username}; else choose another name.`,
    );
  }
  if (before) {
    throw new ImportError(
      `${owner} is known here as somebody who lives elsewhere, with whatever hangs on them: they can move into an account of their own, and not into that of ${there.username}.`,
    );
  }
}

function displayNameOf({ full_name, first_name, last_name }: ProfilePayload): string | null {
  return lineOf(full_name, 100) ?? lineOf(`${first_name ?? ''} ${last_name ?? ''}`, 100);
}

/** What was limited there stays so. */
function settingsOf({ profile, language, noMail }: Survey, report: Report): UserChange {
  const read = settingsShape.safeParse({ display: { language: language ?? undefined } });
  if (!read.success) report.left('settings', 'no language that there is', 'language');
  return {
    searchable: profile.searchable !== false,
    profileVisibility: profile.public === true ? 'PUBLIC' : 'CONTACTS',
    isNsfw: profile.nsfw === true,
    emailFrequency: noMail ? 'NEVER' : undefined,
    language: read.data?.display?.language,
  };
}

type FilledColumn = 'displayName' | 'bio' | 'birthday' | 'gender' | 'locationName';

/** Fills what is empty of the profile, and leaves what is not. */
export async function fillProfile({ db, survey, owner, report, now }: Moving): Promise<void> {
  const there = await profileToFill(db, owner.id);
  if (!there) throw new ImportError('The account is gone.');
  const { profile } = survey;
  const wasHidden = profile.public !== true && there.profileVisibility === 'PUBLIC';
  const columns: { [Column in FilledColumn | 'bioHtml']?: string } = {};
  const fill = (column: FilledColumn, value: string | null) => {
    if (value === null) return false;
    if (there[column] !== null) {
      report.wasThere('parts of the profile');
      return false;
    }
    if (wasHidden && column !== 'displayName') {
      report.left('profile', 'was hidden there, and the profile here is public', column);
      return false;
    }
    columns[column] = value;
    report.took('parts of the profile');
    return true;
  };
  const cut = (text: string | null | undefined, max: number, what: string) => {
    const { text: kept, isCut } = cutTo(storable(text ?? '').trim(), max);
    if (isCut) report.left('profile', `what is beyond ${max} characters`, what);
    return kept || null;
  };
  fill('displayName', displayNameOf(profile));
  const bio = cut(profile.bio, 1_000, 'bio');
  if (fill('bio', bio)) columns.bioHtml = renderMarkdown(bio ?? '');
  fill('birthday', birthdayOf(profile, report, now));
  fill('gender', cut(profile.gender, 255, 'gender'));
  fill('locationName', cut(profile.location, 255, 'location'));
  const tags = there.hasTags ? [] : tagsOf(profile, report);
  if (tags.length > 0) report.took('tags of the profile', tags.length);
  await updateProfile(
    db,
    owner.id,
    { columns, flagIds: undefined, tags: tags.length > 0 ? tags : undefined },
    now,
  );
}

function birthdayOf({ birthday }: ProfilePayload, report: Report, now: Date): string | null {
  if (!birthday) return null;
  // Nothing but real days is told apart from nonsense by coming out as it went in.
  const day = /^\d{4}-\d{2}-\d{2}$/.test(birthday) ? toBirthday(birthday) : null;
  const time = day === null ? Number.NaN : Date.parse(`${day}T00:00:00Z`);
  if (
    day !== null &&
    !Number.isNaN(time) &&
    new Date(time).toISOString().startsWith(day) &&
    isBirthday(day, now)
  ) {
    return day;
  }
  report.left('profile', 'no day in the past', 'birthday');
  return null;
}

function tagsOf({ tag_string }: ProfilePayload, report: Report): string[] {
  const names = new Set<string>();
  for (const word of (tag_string ?? '').slice(0, 10_000).split(/\s+/)) {
    if (word === '') continue;
    const read = tag.safeParse(storable(word));
    if (!read.success) report.left('tags of the profile', 'no letters and digits', word);
    else if (names.size < maxTags || names.has(read.data)) names.add(read.data);
    else report.left('tags of the profile', `more than ${maxTags} of them`, word);
  }
  return [...names];
}
