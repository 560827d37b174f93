// What a model is for.
import type { CatalogueEntry } from "../contract/config.ts";
import type { ModelEntry } from "../contract/fleet.ts";
import type { ModelType } from "../contract/routing.ts";

/** The catalogue's word, else what the node says it can do, else its name. */
export function typeOf(entry: ModelEntry, catalogue: CatalogueEntry | undefined): ModelType {
  if (catalogue?.type !== undefined) return catalogue.type;
  const can = entry.can ?? [];
  if (can.includes("embedding")) return "embedding";
  if (can.includes("rerank")) return "rerank";
  if (can.includes("vision")) return "vision";
  return /code/i.test(entry.id) ? "code" : "llm";
}

/** `llm` and `code` stand in for each other (source-systems.md 1.4). */
export function serves(required: ModelType, type: ModelType): boolean {
  return required === type || ((required === "llm" || required === "code") && (type === "llm" || type === "code" || type === "vision"));
}
