// Patterns of rules: what may stall on some text is refused with a reason, everyday ones pass and are quick on texts made against them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileLinear, foundIn } from "../../src-core/domain/linear-regex.ts";

function accepted(pattern: string) {
  const read = compileLinear(pattern);
  if ("reason" in read) throw new Error(`${pattern} was refused because ${read.reason}`);
  return read;
}

describe("5.10 regexes are compiled at load, and one that can backtrack without bound is refused with a reason", () => {
  it.each([
    ["(a+)+$", "nested quantifiers"],
    ["^(([a-z])+.)+[A-Z]([a-z])+$", "the classic of the handbooks"],
    ["([a-zA-Z]+)*x", "nested star"],
    ["(a|aa)+$", "alternatives that begin alike"],
    ["(a|a?)+x", "an alternative that may be empty"],
    ["(.*a){20}", "a counted repetition of an endless one"],
    ["(x+x+)+y", "neighbours inside a repetition"],
    ["(\\w+\\s?)*$", "an optional separator"],
    ["a*a*a*b", "neighbours that share one text"],
    ["\\d+\\d+x", "two that take the same digits"],
    [".*foo.*bar.*baz", "three wildcards"],
    ["(a?){30}a{30}", "many optional parts"],
    ["(a|b|ab){25}c", "a counted choice"],
    ["(\\d+)*\\1", "a back reference"],
    ["(?=.*\\d)x", "a look-ahead"],
    ["(?<!a)b", "a look-behind"],
    ["(a*)*", "repeating nothing"],
    ["(?:a?b?)*c", "repeating what may be empty"],
    ["(", "no pattern at all"],
    ["a**", "a repetition of a repetition"],
    ["[z-a]", "a range backwards"],
    ["\\p{L}+", "a property, which means something else here"],
    [`${"a".repeat(1001)}`, "too long"],
    [`${"(".repeat(30)}a${")".repeat(30)}`, "too deep"],
  ])("%s: %s", (pattern) => {
    const read = compileLinear(pattern);
    expect("reason" in read ? read.reason : "accepted").not.toBe("accepted");
    if ("reason" in read) expect(read.reason).toMatch(/^(it|a|its|\\|"|JavaScript)/);
  });

  it.each([
    ["^refactor\\b", "refactor this", "please refactor"],
    ["(foo|bar)+baz", "xxfoobarbaz", "foobarba"],
    ["\\d{3,}-x", "12345-x", "12-x"],
    ["[a-z]+@[a-z.]+", "mail me@home.lan", "me at home"],
    ["(?i)\\b(write|fix|debug)\\b.*\\bcode\\b", "Please FIX this code", "fix it"],
    ["([a-z]+ )+end", "one two end", "one,two"],
    ["https?://\\S+", "see http://nas.lan/x", "see nas.lan"],
    ["^\\s*```(ts|python|go)?$", "```ts", "text"],
    ["colou?r", "color", "colr"],
    ["(?<year>\\d{4})-\\d{2}-\\d{2}", "on 2026-11-21", "on 21.11."],
    ["[\\w.-]+\\.(ts|tsx|js)\\b", "in main.tsx", "in main.rs"],
    [".*", "", undefined],
    ["übersetze|translate", "bitte übersetze", "bitte"],
    ["\\$\\{[^}]*\\}", "a $\u007bname}", "a {name}"],
  ])("%s passes, and means what it says", (pattern, yes, no) => {
    const read = accepted(pattern);
    expect(foundIn(read, yes)).toBe(true);
    if (no !== undefined) expect(foundIn(read, no)).toBe(false);
  });

  it("what is accepted ends on 10,000 characters made against it", () => {
    for (const pattern of ["(foo|bar)+baz", "[a-z]+@[a-z.]+", "([a-z]+ )+end", ".*x", "\\d{3,}-x", "(a|b)+c"]) {
      for (const text of ["a".repeat(10_000), "foo".repeat(3_400), "a ".repeat(5_000), "1".repeat(10_000), "ab".repeat(5_000)])
        expect(foundIn(accepted(pattern), `${text}!`)).toBe(false);
    }
  });

  it("a pattern that has to guess is shown less of a text than one that has not, and never so little that it is useless", () => {
    expect(accepted("refactor").scanChars).toBe(65_536);
    expect(accepted("[a-z]+@").scanChars).toBe(4_000);
    expect(accepted("^[a-z]+@").scanChars).toBe(65_536);
    expect(foundIn(accepted("[a-z]+@"), `${" ".repeat(5_000)}a@`)).toBe(false);
  });

  it("an accepted pattern is JavaScript's own: the reader and the engine agree on what one character matches", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("\\d", "\\W", "\\s", ".", "[a-f]", "[^x\\d]", "[\\w-]", "\\x41", "\\u0042", "\\."),
        fc.string({ maxLength: 3 }),
        (atom, text) => {
          expect(foundIn(accepted(atom), text)).toBe(new RegExp(atom).test(text));
        },
      ),
    );
  });

  it("random patterns over a small alphabet are judged without an exception, and the accepted ones end", () => {
    const atom = fc.constantFrom(
      "a",
      "b",
      "[ab]",
      ".",
      "a+",
      "b*",
      "a?",
      "(a|b)",
      "(ab)+",
      "(a+)+",
      "(a|ab)*",
      "^",
      "$",
      "\\b",
      "a{2,40}",
      "|",
    );
    fc.assert(
      fc.property(fc.array(atom, { maxLength: 8 }), (atoms) => {
        const read = compileLinear(atoms.join(""));
        if (!("reason" in read)) foundIn(read, `${"ab".repeat(1_000)}${"a".repeat(2_000)}!`);
      }),
      { numRuns: 300 },
    );
  });
});
