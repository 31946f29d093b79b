// How rows are written in an archive: keys in one order, times as ISO 8601, people and posts by what they are known by
// elsewhere too.
import type { PostRefRow } from '../features/exports/post-store.ts';
import type { PersonRow } from '../features/exports/tie-store.ts';
import type { Origin } from '../features/remotes/kith-origin-store.ts';

/** The ids that things here had where they were made. */
export type Origins = ReadonlyMap<string, Origin>;

/** What a thing is called in archives, wherever it is. */
export function stableId(origins: Origins, id: string): string {
  return origins.get(id)?.id ?? id;
}

export function personOf({ username, displayName, realName, provider, instance, externalId }: PersonRow) {
  return {
    username,
    name: displayName ?? realName ?? username,
    account: provider === null ? null : { provider, instance, externalId },
  };
}

export function postOf({ id, slug, author }: PostRefRow, origins: Origins) {
  return { id: stableId(origins, id), author: personOf(author), slug };
}

/** A point; null where it is not known. */
export function pointOf(latitude: number | null, longitude: number | null) {
  return latitude === null || longitude === null ? null : { latitude, longitude };
}

/** A place; null where nothing of it is known. */
export function placeOf(row: {
  locationName: string | null;
  latitude: number | null;
  longitude: number | null;
}) {
  const coordinates = pointOf(row.latitude, row.longitude);
  return row.locationName === null && coordinates === null ? null : { name: row.locationName, coordinates };
}

/** Where a picture is in an archive; null where there is none. */
export function pathOf(picture: object | null, ...place: string[]): string | null {
  return picture && `pictures/${place.join('/')}.webp`;
}

/** Words as they are written: keys in one order, whatever the database keeps them in. */
export function wordsOf(row: {
  names: readonly { value: string; preference: string }[];
  pronouns: readonly { pronouns: string; displayText: string | null; preference: string }[];
  fields: readonly { name: string; entries: readonly { value: string; preference: string }[] }[];
}) {
  const entry = ({ value, preference }: { value: string; preference: string }) => ({ value, preference });
  return {
    names: row.names.map(entry),
    pronouns: row.pronouns.map(({ pronouns, displayText, preference }) => ({
      pronouns,
      displayText,
      preference,
    })),
    fields: row.fields.map(({ name, entries }) => ({ name, entries: entries.map(entry) })),
  };
}
