// Rules of the house that neither the compiler nor the linter can see.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folders = ["src-core", "electron", "renderer", "build", "test"];

const sources = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(?:tsx?|mjs)$/.test(name))
    .map((name) => ({ path: `${folder}/${name.replaceAll("\\", "/")}`, text: readFileSync(join(root, folder, name), "utf8") })),
);

const pathsWhere = (holds: (source: { readonly path: string; readonly text: string }) => boolean) =>
  sources.filter(holds).map((source) => source.path);

test("the rules see the sources: an empty list would pass everything", () => {
  expect(sources.length).toBeGreaterThan(40);
});

test("every file opens by saying what it is and which rule it keeps (a test file says it in its tests)", () => {
  expect(pathsWhere(({ path, text }) => !/\.(?:test|spec)\.tsx?$/.test(path) && !/^(?:\/\/|\/\*)/.test(text))).toEqual([]);
});

test("nobody leaves a note to do later, or tells the compiler to look away", () => {
  const mark = new RegExp(["TO", "DO\\b|FIX", "ME\\b|@ts-", "(?:ignore|expect-error|nocheck)"].join(""));
  expect(pathsWhere(({ text }) => mark.test(text))).toEqual([]);
});

test("a file is named for its noun, never for a drawer", () => {
  expect(pathsWhere(({ path }) => /(?:^|[/.-])(?:helpers?|utils?|managers?|services?|misc|common)(?=[/.-])/i.test(path))).toEqual([]);
});

test("relative imports name the file with its ending, so that Node runs the source", () => {
  const bare = /from "\.{1,2}\/[^"]*(?<!\.(?:ts|tsx|mjs|json|css|svg))(?<!\.svg\?\w+)"/;
  expect(pathsWhere(({ text }) => bare.test(text))).toEqual([]);
});
