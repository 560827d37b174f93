// The list is whole: no numbered requirement without a test that is named for it. What such a test cannot show without the real platform stands in
// ARCHITECTURE.md.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../../build/paths.ts";
import { numbers } from "./numbers.ts";

/** Names of tests are texts; a number in a comment proves nothing. */
const texts = /"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;
const comments = /^\s*(?:\/\/|\*|\/\*).*$/gm;

const named = readdirSync(join(root, "test"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(?:test|spec)\.tsx?$/.test(entry.name) && entry.parentPath !== import.meta.dirname)
  .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8").replace(comments, "").match(texts) ?? [])
  .join("\n");

/** What ARCHITECTURE.md says only a real platform shows of some of them; each line begins with its numbers. */
const beyond = /^## Only on the real platform\n([\s\S]*?)(?=^## |$(?![\s\S]))/m
  .exec(readFileSync(join(root, "ARCHITECTURE.md"), "utf8"))?.[1]
  ?.match(/^- \*\*[^*]+\*\*/gm)
  ?.join("\n");

/** "S-5" is not found in "S-57". */
const stands = (number: string, text: string) => new RegExp(`\\b${number}(?!\\d)`).test(text);

test("the texts of tests are found at all, and a number that nobody knows is not", () => {
  expect(stands("UX-01", named)).toBe(true);
  expect(stands("UX-99", named)).toBe(false);
});

describe("every number has a test named for it", () => {
  test.each(Object.entries(numbers))("%s %s", (number) => {
    expect(stands(number, named)).toBe(true);
  });
});

test("what only a real platform shows is told of numbers that there are", () => {
  const told = beyond?.match(/\b(?:UX|P|S)-\d+/g) ?? [];
  expect(told.length).toBeGreaterThan(0);
  expect(told.filter((number) => !(number in numbers))).toEqual([]);
});
