// When a node has cut a prompt in silence: only both signs together are one, since our own count is a guess.
import { describe, expect, it } from "vitest";
import { truncationOf, truncationSays } from "../../src-core/domain/truncation.ts";

describe("demands 7: a prompt that was cut in silence", () => {
  it.each<[string, number, number, number | undefined, number | undefined]>([
    ["Ollama keeps half of its window and a little (seen: 2051 of 18024)", 2051, 18_024, 4096, 4096],
    ["the same where nobody told the window", 2051, 18_024, undefined, 2048],
    ["a window filled to its end", 4090, 18_024, 4096, 4096],
    ["a longer one", 16_390, 60_000, 32_768, 32_768],
    ["the prompt fits the window, so our guess is wrong", 2051, 18_024, 32_768, undefined],
    ["far below, but no figure that a full window gives", 3000, 18_024, 4096, undefined],
    ["dear letters: the guess is wrong by less than half", 2051, 4000, 4096, undefined],
    ["a short prompt", 400, 1000, undefined, undefined],
    ["all of it was read", 18_000, 18_024, 32_768, undefined],
    ["a node that tells nonsense", 0, 18_024, 4096, undefined],
  ])("demands 7: %s", (_, saw, estimated, context, found) => {
    expect(truncationOf(saw, estimated, context)?.contextTokens).toBe(found);
  });

  it("demands 7: a person reads what happened", () => {
    expect(truncationSays({ sawTokens: 2051, estimatedTokens: 18_024, contextTokens: 4096 })).toMatch(
      /2051 of about 18024 .* context of 4096/,
    );
  });
});
