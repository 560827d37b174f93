// Documents in the order of how near they are to a query, as a simulated reranker sees it: by the words they share, best first.
import type { Asked } from "./asked.ts";
import { countTokens, embed } from "./words.ts";

export interface Ranked {
  readonly index: number;
  readonly text: string;
  readonly score: number;
}

/** The texts to rank. */
export function documentsOf(asked: Asked): readonly string[] {
  return (asked.documents ?? []).map((document) => (typeof document === "string" ? document : (document.text ?? "")));
}

/** At most `top_n` of them. */
export function rankedOf(asked: Asked): readonly Ranked[] {
  const asks = embed(asked.query ?? "");
  const score = (text: string) => embed(text).reduce((sum, value, index) => sum + value * (asks[index] ?? 0), 0);
  const ranked = documentsOf(asked).map((text, index) => ({ index, text, score: score(text) }));
  const most = typeof asked["top_n"] === "number" ? asked["top_n"] : ranked.length;
  return ranked.sort((a, b) => b.score - a.score).slice(0, most);
}

/** Query and document are read together, once for each document. */
export function rankedTokens(asked: Asked): number {
  const query = countTokens(asked.query ?? "");
  return documentsOf(asked).reduce((sum, text) => sum + query + countTokens(text), 0);
}
