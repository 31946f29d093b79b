import { eq, getTableColumns, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import type { Picture } from '../media/table.ts';
import { replaceTags } from '../tags/store.ts';
import { tags, userTags } from '../tags/table.ts';
import { searchText } from '../users/rules.ts';
import { lockOwner } from '../users/store.ts';
import { users } from '../users/table.ts';
import type { RemoteProfile } from './person-store.ts';
import { accountLinks } from './table.ts';
import { columnsIn, type FieldValues, fieldsOf, fill, type Taken, type TakenField } from './taken-rules.ts';

export type Place = 'avatar' | 'cover';
const places = ['avatar', 'cover'] as const;

/** What came of it: see taken-rules.ts. */
export interface Filled {
  taken: TakenField[];
  kept: TakenField[];
  /** The addresses of pictures that are to come. */
  pictures: Partial<Record<Place, string>>;
}

/** A picture as it is remembered: where it was, and what it is here. */
interface TakenPicture {
  address: string;
  name: string;
}

function pictureIn(taken: Taken, place: Place): TakenPicture | null {
  const value = taken[place];
  if (typeof value !== 'object' || value === null || !('address' in value) || !('name' in value)) return null;
  return { address: String(value.address), name: String(value.name) };
}

/**
 * Fills what is empty of a person's profile with what a source says of them, and renews what came from there and was not
 * changed since. Run it in a transaction that has locked the person.
 * @param before what came when it was last looked at.
 */
export async function fillProfile(
  tx: Database,
  owner: string,
  { columns, tags: names, pictures }: RemoteProfile,
  before: Taken,
  at: Date,
): Promise<Filled & { remembered: Taken }> {
  const [row] = await tx
    .select(getTableColumns(users))
    .from(users)
    .where(eq(users.id, owner))
    .for('no key update');
  if (!row) throw new Error('Who is locked is there.');
  const ownTags = await tx
    .select({ name: tags.name })
    .from(userTags)
    .innerJoin(tags, eq(tags.id, userTags.tagId))
    .where(eq(userTags.userId, owner))
    .orderBy(userTags.position);
  const old = { avatar: pictureIn(before, 'avatar'), cover: pictureIn(before, 'cover') };
  const shown = (place: Place) => {
    const picture = row[place];
    return picture && picture.name === old[place]?.name ? old[place].address : picture;
  };
  const values = (of: Readonly<Record<string, unknown>>, more: object) =>
    ({ ...fieldsOf(of), ...more }) as FieldValues;
  const { taken, kept, changes } = fill(
    values(row, { tags: ownTags.map(({ name }) => name), avatar: shown('avatar'), cover: shown('cover') }),
    values(columns, { ...pictures, tags: names }),
    { ...before, avatar: old.avatar?.address, cover: old.cover?.address },
    columns.profileVisibility === 'CONTACTS' && row.profileVisibility === 'PUBLIC',
  );
  const gone = Object.fromEntries(
    places.filter((place) => place in changes && pictures[place] === null).map((place) => [place, null]),
  );
  const written = { ...columnsIn(changes, columns), ...gone };
  if (Object.keys(written).length > 0)
    await tx
      .update(users)
      .set({ ...written, searchText: searchText({ ...row, ...written }) })
      .where(eq(users.id, owner));
  if (changes.tags) await replaceTags(tx, owner, names, at);
  const there = values(columns, { tags: names });
  const remembered = {
    ...Object.fromEntries(
      taken
        .filter((field) => field !== 'avatar' && field !== 'cover')
        .map((field) => [field, there[field]] as const),
    ),
    ...Object.fromEntries(
      places.filter((place) => old[place] && !(place in gone)).map((place) => [place, old[place]]),
    ),
    ...(before.members === undefined ? {} : { members: before.members }),
  };
  const wanted = Object.fromEntries(
    places.flatMap((place) => (changes[place] && pictures[place] ? [[place, pictures[place]]] : [])),
  );
  return { taken, kept, pictures: wanted, remembered };
}

/**
 * Shows a picture that has come along with an account, where there is none or the one that came before.
 * @returns whether it did: else nothing was written.
 */
export function showTakenPicture(
  db: Database,
  { owner, accountId }: { owner: string; accountId: string },
  place: Place,
  picture: Picture,
  address: string,
): Promise<boolean> {
  return transaction(db, async (tx) => {
    // As whoever looks at the account again.
    await lockOwner(tx, owner);
    const [link] = await tx
      .select({ taken: accountLinks.taken })
      .from(accountLinks)
      .where(eq(accountLinks.accountId, accountId));
    if (!link) return false;
    const [row] = await tx
      .select({ avatar: users.avatar, cover: users.cover })
      .from(users)
      .where(eq(users.id, owner));
    const present = row?.[place];
    if (!row || (present && present.name !== pictureIn(link.taken, place)?.name)) return false;
    await tx
      .update(users)
      .set({ [place]: picture })
      .where(eq(users.id, owner));
    const noted = JSON.stringify({ [place]: { address, name: picture.name } satisfies TakenPicture });
    await tx
      .update(accountLinks)
      .set({ taken: sql`${accountLinks.taken} || ${noted}::jsonb` })
      .where(eq(accountLinks.accountId, accountId));
    return true;
  });
}
