// What of a profile elsewhere comes into a person's own: what they have said by hand stays.
import { isDeepStrictEqual } from 'node:util';

/** The fields of a profile that come along, as `UpdateProfileInput` has them and in its order, each with its columns. */
const columnsOf = {
  displayName: ['displayName'],
  bio: ['bio', 'bioHtml'],
  links: ['links'],
  names: ['names'],
  pronouns: ['pronouns'],
  fields: ['fields'],
  avatar: [],
  realName: ['realName'],
  tagline: ['tagline'],
  memberTitle: ['memberTitle'],
  birthday: ['birthday'],
  gender: ['gender'],
  location: ['locationName', 'latitude', 'longitude'],
  company: ['companyName', 'companyRole'],
  timezone: ['timezone'],
  website: ['website'],
  tags: [],
  customPreferences: ['customPreferences'],
  cover: [],
} as const;
export type TakenField = keyof typeof columnsOf;
export const takenFields = Object.keys(columnsOf) as TakenField[];

/** What only those are shown who may see a profile's details. */
const details: ReadonlySet<TakenField> = new Set(['bio', 'birthday', 'gender', 'location', 'company']);

/** What a profile has in each field; null and [] for nothing. */
export type FieldValues = Readonly<Record<TakenField, unknown>>;
/** What came from a source, and is a field's still unless somebody has changed it. */
export type Taken = Readonly<Record<string, unknown>>;

export interface Filling {
  /** The fields that are as the source has them, and those that are not though it has something for them. */
  taken: TakenField[];
  kept: TakenField[];
  /** What is to be written: null or [] empties a field. */
  changes: Partial<Record<TakenField, unknown>>;
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0);

/**
 * Decides field by field. Empty ones are filled; one that still is what came before is what the source has by now; any
 * other stays.
 * @param own what the profile has: a picture's is what it was taken as, or something else.
 * @param before what came when it was last looked at.
 * @param hidesDetails whether the source keeps the details from some to whom they would be shown here: then none are filled.
 */
export function fill(own: FieldValues, there: FieldValues, before: Taken, hidesDetails: boolean): Filling {
  const filling: Filling = { taken: [], kept: [], changes: {} };
  for (const field of takenFields) {
    const isTheirs = !isEmpty(own[field]) && isDeepStrictEqual(own[field], before[field]);
    const isHidden = hidesDetails && details.has(field);
    if (isEmpty(there[field])) {
      if (isTheirs) filling.changes[field] = there[field];
    } else if (isTheirs || (isEmpty(own[field]) && !isHidden)) {
      filling.taken.push(field);
      if (!isDeepStrictEqual(own[field], there[field])) filling.changes[field] = there[field];
    } else if (!isEmpty(own[field])) {
      filling.kept.push(field);
    }
  }
  return filling;
}

/** What columns have in the fields they are of; a field of several columns has them as one object, null where all are. */
export function fieldsOf(columns: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(columnsOf)
      .filter(([, names]) => names.length > 0)
      .map(([field, names]) => {
        const values = names.map((name) => columns[name] ?? null);
        if (values.length === 1) return [field, values[0]];
        if (field === 'bio') return [field, values[0]];
        return [
          field,
          values.every((value) => value === null)
            ? null
            : Object.fromEntries(names.map((name, i) => [name, values[i]])),
        ];
      }),
  );
}

/** The columns of fields, out of those that have them all. */
export function columnsIn(
  fields: Partial<Record<TakenField, unknown>>,
  columns: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const names = takenFields.filter((field) => field in fields).flatMap((field) => [...columnsOf[field]]);
  return Object.fromEntries(names.map((name) => [name, columns[name] ?? null]));
}
