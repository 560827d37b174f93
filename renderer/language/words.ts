// Everything the window says, in the person's language. Words stand in `en/` and nowhere else (`build/spoken-text.ts` finds what stands elsewhere), so a
// new language is one folder of the same shape, its name in `locale.ts`, and a row here and in `figures.ts`. Numbers, dates and plurals go by Intl.
import { english } from "./en/english.ts";
import { spoken } from "./locale.ts";

/** The shape of a language's texts, whatever they say. */
type Said<T> = T extends string
  ? string
  : T extends (...args: infer Args) => infer Answer
    ? (...args: Args) => Said<Answer>
    : { readonly [Key in keyof T]: Said<T[Key]> };

/** What every language has to say. */
export type Words = Said<typeof english>;

/** The words, chosen once when the window opens. */
export const words: Words = spoken<Words>({ en: english });
