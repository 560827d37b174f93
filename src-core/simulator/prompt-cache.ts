// What a simulated llama-server keeps of prompts between two calls: each slot holds the one it read last, for as long as the model is in memory. Of a
// prompt that begins like one of them only the rest is read anew; at least one token always is, as in the real server.
import type { Instance } from "./instance.ts";
import { countTokens } from "./words.ts";

const kept = new WeakMap<Instance, readonly string[]>();

/** Tokens of `prompt` that this process needs not read again; from now on it holds the prompt. */
export function cachedTokens(instance: Instance, prompt: string, slots: number): number {
  if (!instance.model.promptCache) return 0;
  const held = kept.get(instance) ?? [];
  const shared = Math.max(0, ...held.map((old) => sharedLength(old, prompt)));
  kept.set(instance, [prompt, ...held.filter((old) => old !== prompt)].slice(0, slots));
  return shared === 0 ? 0 : Math.min(countTokens(prompt) - 1, countTokens(prompt.slice(0, shared)));
}

function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}
