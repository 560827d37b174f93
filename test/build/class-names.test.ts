// Class names and styles belong together. The bug it would catch: a class renamed in a style sheet only, after which what wore it is drawn bare.
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../renderer/", import.meta.url);
const text = (pattern: string) =>
  globSync(pattern, { cwd: root })
    .map((file) => readFileSync(new URL(file, root), "utf8"))
    .join("\n");

const styles = text("styles/*.css").replace(/\/\*[\s\S]*?\*\//g, "");
const code = text("**/*.{ts,tsx}");
const styled = new Set([...styles.matchAll(/\.([a-z][\w-]*)/gi)].map(([, name]) => name));
/** Names that code looks for are worn for that. */
const lookedFor = new Set(
  [...code.matchAll(/(?:querySelector|closest|matches)(?:All)?\([^)]*/g)].flatMap(([call]) => call.match(/(?<=\.)[a-z][\w-]*/gi) ?? []),
);

test("every class that an element wears has a style, or is looked for", () => {
  const worn = [...code.matchAll(/className=(?:"([^"]*)"|\{`([^`$]*)`\})/g)].flatMap(([, plain, template]) =>
    (plain ?? template ?? "").split(/\s+/),
  );
  const names = [...new Set(worn)].filter((name) => name !== "");
  expect(names.length).toBeGreaterThan(200);
  expect(names.filter((name) => !styled.has(name) && !lookedFor.has(name))).toEqual([]);
});

test("every style is worn: its class stands in the code, whole or by the beginning that a state is put behind", () => {
  const words = new Set(code.match(/[a-z][\w-]*/gi));
  const beginnings = [...code.matchAll(/([a-z][\w-]*-)\$\{/gi)].map(([, beginning]) => beginning ?? "");
  const foreign = /^(?:lucide|uplot|u-)/;
  const dead = [...styled].filter(
    (name) => name !== undefined && !foreign.test(name) && !words.has(name) && !beginnings.some((beginning) => name.startsWith(beginning)),
  );
  expect(dead).toEqual([]);
});
