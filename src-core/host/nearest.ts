// The word somebody probably meant: for misspelt keys and values of a configuration.

/** Levenshtein distance where swapping two neighbours ("prot" for "port") counts as one edit. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min((row[j - 1] ?? 0) + (same ? 0 : 1), (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swapped));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Case, dashes and underscores are no difference worth an edit: "max_body_bytes" is "maxBodyBytes". */
const plain = (word: string) => word.toLowerCase().replace(/[-_]/g, "").slice(0, 64);

/** The nearest of `words`, or undefined where none is near: at most two edits, and at most a third of a long word. */
export function nearest(asked: string, words: Iterable<string>): string | undefined {
  let best: { readonly word: string; readonly edits: number } | undefined;
  for (const word of words) {
    const edits = editDistance(plain(asked), plain(word));
    if (best === undefined || edits < best.edits) best = { word, edits };
  }
  return best !== undefined && best.edits <= Math.max(2, Math.floor(plain(asked).length / 3)) && best.edits < plain(asked).length
    ? best.word
    : undefined;
}
