// One model, many spellings: Ollama matches names without case and adds `:latest`, llama-server does neither. Every map of models is
// keyed by the canonical name; the node's own spelling stays on the entry, the client's in its request.

const latest = ":latest";

/** Lower case, without a trailing `:latest`. The key of every map of models. */
export function canonicalName(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith(latest) ? lower.slice(0, -latest.length) : lower;
}

/** Names near to a misspelt one, best first: same beginning, contained in one another, or few edits apart. */
export function nearNames(asked: string, known: Iterable<string>, most = 5): string[] {
  const wanted = canonicalName(asked);
  const scored: { name: string; distance: number }[] = [];
  for (const name of known) {
    const distance = nearness(wanted, canonicalName(name));
    if (distance <= Math.max(2, wanted.length / 2)) scored.push({ name, distance });
  }
  scored.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return scored.slice(0, most).map((entry) => entry.name);
}

function nearness(wanted: string, name: string): number {
  if (name.startsWith(wanted) || wanted.startsWith(name)) return 0;
  if (name.includes(wanted) || wanted.includes(name)) return 1;
  return editDistance(wanted.slice(0, 64), name.slice(0, 64));
}

/** Levenshtein distance, one row at a time. Bounded by the caller's lengths. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
