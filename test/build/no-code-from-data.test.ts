import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const sources = ["src-core", "electron", "renderer"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => ({ path: `${folder}/${name.replaceAll("\\", "/")}`, text: readFileSync(join(root, folder, name), "utf8") })),
);
const where = (pattern: RegExp) => sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path);

test("S-28: the sources are seen: an empty list would pass everything", () => {
  expect(sources.length).toBeGreaterThan(100);
});

test.each([
  ["evaluates text", /\beval\s*\(|\bnew Function\s*\(|\bFunction\s*\(\s*["'`]/],
  ["requires a module", /require\(/],
  ["loads a module by a name that is not written there", /\bimport\s*\((?!\s*"[^"]+"\s*\))/],
  ["knows a template engine", /from "(?:ejs|handlebars|mustache|nunjucks|pug|eta|liquidjs|lodash\.template)"/],
  ["switches certificates off for all (S-46)", /NODE_TLS_REJECT_UNAUTHORIZED/],
])("S-28: nothing %s", (_, pattern) => {
  expect(where(pattern)).toEqual([]);
});

test("S-28: one text runs in another context, to reach the collector, and it is a constant", () => {
  expect(where(/from "(?:node:)?vm"/)).toEqual(["src-core/host/heap.ts"]);
  const made = sources.flatMap(({ text }) => [...text.matchAll(/runIn\w*Context\(.*\)/g)].map(([call]) => call));
  expect(made).toEqual(['runInNewContext("gc")']);
});

test("S-46: only the file of pinned certificates asks nothing of the system's trust", () => {
  expect(where(/rejectUnauthorized: false/)).toEqual(["src-core/nodes/pinned-certificate.ts"]);
});

test("S-30: no query is put together of texts: values are bound", () => {
  const made = sources
    .filter(({ path }) => path.startsWith("src-core/host/journal"))
    .flatMap(({ path, text }) => [...text.matchAll(/(?:prepare|exec)\(\s*`[^`]*\$\{([^}]*)\}/g)].map(([, what]) => `${path}: ${what}`));
  // The name of a table, conditions and names out of our own literals, and as many question marks as there are columns.
  expect(made).toEqual([
    "src-core/host/journal-database.ts: table",
    "src-core/host/journal-node-log.ts: columns",
    "src-core/host/journal-node-log.ts: columns",
    "src-core/host/journal-queries.ts: where",
    'src-core/host/journal-requests.ts: columns.replaceAll(/\\w+/g, "?")',
    "src-core/host/journal-requests.ts: figures.map((figure) => `${figure",
    "src-core/host/journal-sums.ts: counted.map((figure) => `${figure",
    "src-core/host/journal-sums.ts: dimensions.map((name) => `'${name",
  ]);
});
