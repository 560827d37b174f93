// What translated answers say of tokens, to the client and to us.
import type { Usage } from "../contract/events.ts";
import type { Tokens } from "../dialects/canonical.ts";

/** The figures that a node left out, counted by us; undefined where it said them all. */
export function estimatedTokens(told: Tokens, input: number, output: number): Tokens | undefined {
  if (told.input !== undefined && told.output !== undefined) return undefined;
  return { input: told.input ?? input, output: told.output ?? output, estimated: true };
}

export function usageOf({ input, output, cacheRead, cacheWrite, perSecond, estimated: counted }: Tokens): Usage | undefined {
  if (input === undefined && output === undefined) return undefined;
  return {
    tokensIn: input,
    tokensOut: output,
    ...(cacheRead === undefined ? {} : { cachedTokens: cacheRead }),
    ...(cacheWrite === undefined ? {} : { cacheWriteTokens: cacheWrite }),
    ...(perSecond === undefined ? {} : { tokensPerSecond: perSecond }),
    estimated: counted === true,
  };
}
