// What people and members alike give of themselves.
import type { InputFieldBuilder } from '@pothos/core';
import { builder, type SchemaTypes } from '../../graphql/builder.ts';
import { ImageInput } from '../media/type.ts';
import { maxEntries, maxFields, maxLinks } from './rules.ts';

const preference =
  'How they feel about it: favourite, okay, jokingly, friends_only, avoid, or the `key` of one of the user’s own preferences.';

const NameEntryInput = builder.inputType('NameEntryInput', {
  description: 'A word for somebody.',
  fields: (t) => ({
    value: t.string({ required: true, description: 'The word, 1–100 characters.' }),
    preference: t.string({ required: true, description: preference }),
  }),
});
const PronounEntryInput = builder.inputType('PronounEntryInput', {
  description: 'Pronouns for somebody.',
  fields: (t) => ({
    pronouns: t.string({
      required: true,
      description: '1–100 characters: any text, or all five forms separated by “/”.',
    }),
    displayText: t.string({ description: 'What to show instead, 1–100 characters; null for nothing.' }),
    preference: t.string({ required: true, description: preference }),
  }),
});
const ProfileFieldInput = builder.inputType('ProfileFieldInput', {
  description: 'A heading with words under it.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'The heading, 1–100 characters.' }),
    entries: t.field({
      type: [NameEntryInput],
      required: true,
      description: `The words, at most ${maxEntries}.`,
    }),
  }),
});

/** The input fields that people and members share. */
export function commonInput(t: InputFieldBuilder<SchemaTypes, 'InputObject'>) {
  const whole = 'replaces the whole list, null empties it';
  return {
    displayName: t.string({ description: 'The name they go by, 1–100 characters on one line.' }),
    bio: t.string({ description: 'Themself at some length, 1–1,000 characters of Markdown.' }),
    links: t.stringList({
      description: `Absolute URLs, at most ${maxLinks} of at most 256 characters; ${whole}.`,
    }),
    names: t.field({
      type: [NameEntryInput],
      description: `Names they may be called by, at most ${maxEntries}; ${whole}.`,
    }),
    pronouns: t.field({
      type: [PronounEntryInput],
      description: `Pronouns they may be spoken of with, at most ${maxEntries}; ${whole}.`,
    }),
    fields: t.field({
      type: [ProfileFieldInput],
      description: `Other words for them, at most ${maxFields} headings; ${whole}.`,
    }),
    flagIds: t.idList({
      description: `The pride flags to show: \`id\`s out of the library, each counted once; ${whole}.`,
    }),
    avatar: t.field({
      type: ImageInput,
      description: 'The picture that stands for them; null removes it.',
    }),
  };
}

export const CoordinatesInput = builder.inputType('CoordinatesInput', {
  description: 'A point on Earth (WGS 84).',
  fields: (t) => ({
    latitude: t.float({ required: true, description: 'Degrees north of the equator, −90 to 90.' }),
    longitude: t.float({ required: true, description: 'Degrees east of Greenwich, −180 to 180.' }),
  }),
});
export const LocationInput = builder.inputType('LocationInput', {
  description: 'A place; what is omitted is not part of it.',
  fields: (t) => ({
    name: t.string({ description: 'The place’s name, 1–255 characters.' }),
    coordinates: t.field({ type: CoordinatesInput, description: 'The point.' }),
  }),
});
