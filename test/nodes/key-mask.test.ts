import { describe, expect, it } from "vitest";
import { headersWithout, KeyMask, keyToMask } from "../../src-core/nodes/key-mask.ts";

const key = "sk-aaab-aaac";
const secret = keyToMask(key) ?? Buffer.alloc(0);

function masked(pieces: readonly string[]): string {
  const mask = new KeyMask(secret);
  return Buffer.concat([...pieces.map((piece) => mask.push(Buffer.from(piece))), mask.rest()]).toString();
}

describe("S-81: a node that repeats our key in its refusal tells nobody", () => {
  const text = `{"error":"Incorrect API key ${key}, not ${key}${key}. sk-aaab-"}`;
  const safe = text.replaceAll(key, "*".repeat(key.length));

  it("wherever the network cuts it, and no byte more or less", () => {
    for (let one = 0; one <= text.length; one++) {
      for (const two of [one, Math.min(text.length, one + 5)]) {
        expect(masked([text.slice(0, one), text.slice(one, two), text.slice(two)])).toBe(safe);
      }
    }
    expect(masked([...text])).toBe(safe);
  });

  it("nor does a header of its", () => {
    expect(headersWithout(secret, { "x-said": `Bearer ${key}`, via: "1.1 x" })).toEqual({
      "x-said": `Bearer ${"*".repeat(key.length)}`,
      via: "1.1 x",
    });
  });

  it("a key that is a word of every day is not looked for", () => {
    expect(keyToMask("none")).toBeUndefined();
    expect(keyToMask(undefined)).toBeUndefined();
  });
});
