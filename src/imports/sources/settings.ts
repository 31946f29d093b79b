import { given } from '../../db/given.ts';
import type { MovedSettings } from '../../features/remotes/moved-store.ts';
import { languageShape, maxContentLanguages } from '../../features/settings/rules.ts';
import type { SourceSettings } from '../../sources/records.ts';

const languageOf = (tag: string | undefined) => languageShape.safeParse(tag).data;

/** What somebody has set at a source, as far as there is the same here; an e-mail address comes with who signs in. */
export function settingsOf(settings: SourceSettings | null): MovedSettings {
  const { searchable, memberListPrivate, emailFrequency, push, toasts, sounds } = settings ?? {};
  const { language, contentLanguages, hideFollowSuggestions, showFeaturedSuggestions } = settings ?? {};
  const languages = contentLanguages?.flatMap((tag) => languageOf(tag) ?? []);
  return given({
    ...{ searchable, memberListPrivate, emailFrequency, push, toasts, sounds },
    ...{ hideFollowSuggestions, showFeaturedSuggestions },
    language: languageOf(language),
    contentLanguages: languages && [...new Set(languages)].slice(0, maxContentLanguages),
  });
}
