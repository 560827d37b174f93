// Everything the desktop app says outside its window, in the person's language. Words stand in this folder and nowhere else (`build/spoken-text.ts` finds
// what stands elsewhere): a new language is one file of the same shape as `en.ts` and one row here.
import { english } from "./en.ts";

/** What every language has to say. */
export type Words = typeof english;

const languages: ReadonlyMap<string, Words> = new Map([["en", english]]);

/** The words for whoever prefers these languages (BCP 47 tags, the dearest first), as the window chooses its own; English where we speak none of them. */
export function wordsFor(preferred: readonly string[]): Words {
  const spoken = preferred.map((tag) => languages.get(tag.split("-")[0] ?? ""));
  return spoken.find((words) => words !== undefined) ?? english;
}
