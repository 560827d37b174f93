// Where a conversation was: remembered for a while, bounded, and off when switched off.
import { describe, expect, it } from "vitest";
import { Config } from "../../src-core/contract/config.ts";
import { NodeId } from "../../src-core/contract/ids.ts";
import { Affinity } from "../../src-core/engine/affinity.ts";
import { noon } from "../support/builders.ts";

const a = NodeId.parse("a");
const b = NodeId.parse("b");
const remembering = (affinity = {}) => {
  const settings = Config.parse({ affinity }).affinity;
  return new Affinity(() => settings);
};

describe("the memory of conversations", () => {
  it("2.4.8: the last answer's node is remembered for 300 s after it, not longer", () => {
    const memory = remembering();
    memory.keep("c", a, noon);
    memory.keep("c", b, noon + 200_000);
    expect(memory.hint("c", noon + 500_000)).toBe("b");
    expect(memory.hint("c", noon + 500_001)).toBeUndefined();
    expect([memory.hint("other", noon), memory.hint(undefined, noon)]).toEqual([undefined, undefined]);
  });

  it("2.4: bounded at 10,000 conversations; those in use stay, the expired go", () => {
    const memory = remembering();
    let most = 0;
    for (let n = 0; n < 100_000; n += 1) {
      memory.keep("in use", b, noon);
      memory.keep(`c${n}`, a, noon);
      most = Math.max(most, memory.size);
    }
    expect(most).toBeLessThanOrEqual(10_000);
    expect([memory.hint("in use", noon), memory.hint("c99999", noon), memory.hint("c1", noon)]).toEqual(["b", "a", undefined]);
    memory.keep("next", a, noon + 301_000);
    memory.keep("last", a, noon + 602_000);
    expect(memory.size).toBe(2);
  });

  it("nothing is kept or told where affinity is off", () => {
    const memory = remembering({ enabled: false });
    memory.keep("c", a, noon);
    expect([memory.size, memory.hint("c", noon)]).toEqual([0, undefined]);
  });
});
