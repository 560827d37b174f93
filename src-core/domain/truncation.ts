// Whether a node has cut a prompt and said nothing (demands.md 7, observed.md 3): it tells exactly how much it read, and that is far less than was
// sent. Our own count is a guess by letters, so the figure must also be one that a full context gives. Pure.
import type { Usage } from "../contract/events.ts";
import type { ModelEntry } from "../contract/fleet.ts";
import type { RequestFacts } from "../contract/route.ts";

export interface Truncation {
  readonly sawTokens: number;
  readonly estimatedTokens: number;
  /** The context that the prompt was cut to: known, or the likely one. */
  readonly contextTokens: number;
}

/** Shorter prompts are estimated too badly. */
const leastTokens = 1_000;
/** Of the estimate: letters that are dear to a tokenizer make it wrong by less. */
const farBelow = 0.5;
/** So much of a context, or of the half to which Ollama cuts a prompt, is a full one. */
const nearlyFull = 0.9;
/** A cut prompt keeps its first tokens besides. */
const someTokens = 16;
/** Contexts that servers take where nobody asks for one. */
const usualContexts: readonly number[] = [2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072];

/** What happened, as a sentence. */
export function truncationSays({ sawTokens, estimatedTokens, contextTokens }: Truncation): string {
  return `The node read ${sawTokens} of about ${estimatedTokens} tokens: it seems to have cut the prompt to its context of ${contextTokens} and said nothing.`;
}

/** Whether it is worth a look at all: nearly every answer ends here. */
export function mayBeCut({ tokensIn }: Usage, promptTokens: number): boolean {
  return promptTokens > leastTokens && tokensIn !== undefined && tokensIn < promptTokens;
}

/** The same for an answer. Only what the node itself counted is evidence, and pictures make a body large and a prompt short. `promptTokens`: as sent. */
export function truncationIn(
  { tokensIn, estimated }: Usage,
  { task, needs }: RequestFacts,
  promptTokens: number,
  entry: ModelEntry | undefined,
): Truncation | undefined {
  if (tokensIn === undefined || estimated || (task !== "chat" && task !== "completion") || needs.includes("vision")) return undefined;
  return truncationOf(tokensIn, promptTokens, entry?.contextTokens);
}

/** `sawTokens`: what the node read, cached parts included. `contextTokens`: of the loaded model, where known. */
export function truncationOf(sawTokens: number, estimatedTokens: number, contextTokens: number | undefined): Truncation | undefined {
  if (estimatedTokens <= leastTokens || sawTokens >= estimatedTokens * farBelow) return undefined;
  const contexts = contextTokens === undefined ? usualContexts : [contextTokens];
  const full = contexts.find((context) => fills(sawTokens, context) && estimatedTokens > context);
  return full === undefined ? undefined : { sawTokens, estimatedTokens, contextTokens: full };
}

function fills(sawTokens: number, context: number): boolean {
  const isFull = (size: number) => sawTokens >= size * nearlyFull && sawTokens <= size + someTokens;
  return isFull(context) || isFull(context / 2);
}
