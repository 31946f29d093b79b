import { z } from 'zod';
import { list, rule, text } from '../../graphql/validate.ts';
import { emailFrequencies, notificationKinds, profileVisibilities } from '../users/table.ts';

/** Most languages that somebody says they read. */
export const maxContentLanguages = 25;

function isLanguageTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** A language as RFC 5646 writes it, whatever the case it came in. */
export const languageShape = rule(
  text(64),
  isLanguageTag,
  'This is no BCP 47 language tag such as en or pt-BR.',
).transform((tag) => Intl.getCanonicalLocales(tag)[0] ?? tag);
const unique = <Value>(values: readonly Value[]) => [...new Set(values)];

/** What `updateSettings` takes: everything may be left out, nothing can be null. */
export const settingsShape = z.object({
  notifications: z
    .object({
      email: z.enum(emailFrequencies).optional(),
      push: z.boolean().optional(),
      toasts: z.boolean().optional(),
      sounds: z.boolean().optional(),
      muted: z.array(z.enum(notificationKinds)).transform(unique).optional(),
    })
    .optional(),
  privacy: z
    .object({
      searchable: z.boolean().optional(),
      profileVisibility: z.enum(profileVisibilities).optional(),
      memberListPrivate: z.boolean().optional(),
      nsfw: z.boolean().optional(),
    })
    .optional(),
  display: z
    .object({
      language: languageShape.optional(),
      contentLanguages: list(languageShape, maxContentLanguages).transform(unique).optional(),
      hideFollowSuggestions: z.boolean().optional(),
      showFeaturedSuggestions: z.boolean().optional(),
    })
    .optional(),
});
