// Everything the window says, in the person's language. Words stand in `en/` and nowhere else (`build/spoken-text.ts` finds what stands elsewhere), so a
// new language is one folder of the same shape and one row here; numbers, dates and plurals go by `locale` through Intl.
import { english } from "./en/english.ts";

/** What every language has to say. */
export type Words = typeof english;

const languages: Readonly<Record<string, Words>> = { en: english };

const spoken = navigator.languages.map((tag) => tag.split("-")[0] ?? "").find((language) => Object.hasOwn(languages, language)) ?? "en";

/** The words, chosen once when the window opens. */
export const words: Words = languages[spoken] ?? english;

/** For Intl. */
export const locale: string = spoken;
