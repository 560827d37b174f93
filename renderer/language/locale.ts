// Which language the window speaks, chosen once when it opens. It stands apart from the words, so that figures (format.ts), which the words use, can go by it.

/** The languages there are words for; whatever `spoken` is given has to have all of them. */
export type Language = "en";

/** A tag for dates where a language's regions differ: in English the day stands before the month, and a day has 24 hours. */
const dateTags: Readonly<Record<Language, string>> = { en: "en-GB" };

const isLanguage = (tag: string): tag is Language => Object.hasOwn(dateTags, tag);

/** For Intl: figures, plurals and order. */
export const locale: Language = navigator.languages.map((tag) => tag.split("-")[0] ?? "").find(isLanguage) ?? "en";

/** For Intl: dates. */
export const dateLocale: string = dateTags[locale];

/** What stands for the person's language. */
export const spoken = <T>(all: Readonly<Record<Language, T>>): T => all[locale];
