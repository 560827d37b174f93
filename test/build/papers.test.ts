// What goes out is named: every package with its licence, and a bill of materials that says the same each time.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { billOfMaterials } from "../../build/bill-of-materials.ts";
import { licenceList, licenceTexts, shippedHere } from "../../build/papers.ts";
import { root } from "../../build/paths.ts";
import { builtIn, type LockFile, shippedPackages } from "../../build/shipped-packages.ts";

const lock: LockFile = {
  lockfileVersion: 3,
  packages: {
    "": { version: "1.0.0" },
    "node_modules/a": { version: "1.0.0", license: "MIT", dependencies: { b: "^1", "@s/c": "^1" } },
    "node_modules/a/node_modules/b": { version: "1.5.0", license: "ISC", integrity: `sha512-${Buffer.from("x").toString("base64")}` },
    "node_modules/b": { version: "2.0.0", license: "MIT", dev: true },
    "node_modules/@s/c": { version: "1.0.0", license: "(MIT OR CC0-1.0)", optionalDependencies: { "not-here": "1" } },
    "node_modules/react": { version: "19.0.0", license: "MIT", dev: true, dependencies: { inner: "1" } },
    "node_modules/inner": { version: "1.0.0", license: "MIT", dev: true },
    "node_modules/electron": { version: "45.0.0", license: "MIT", dev: true, dependencies: { fetcher: "1" } },
    "node_modules/fetcher": { version: "1.0.0", license: "MIT", dev: true },
  },
};

test("what runs, what is built into the window and Electron go out; tools that only build stay here", () => {
  expect(shippedPackages(lock).map(({ name, version }) => `${name} ${version}`)).toEqual([
    "@s/c 1.0.0",
    "a 1.0.0",
    "b 1.5.0",
    "electron 45.0.0",
    "inner 1.0.0",
    "react 19.0.0",
  ]);
});

test("a package's need is the copy that Node would load, not another version of the same name", () => {
  const a = shippedPackages(lock).find(({ name }) => name === "a");
  expect(a?.needs).toEqual(["node_modules/a/node_modules/b", "node_modules/@s/c"]);
});

test("the bill names each package once, with its address, licence and hash, and points only at packages it names", () => {
  const bill = billOfMaterials({ name: "homeport", version: "0.1.0", license: "MIT" }, shippedPackages(lock));
  expect(bill.components.find(({ name }) => name === "b")).toEqual({
    type: "library",
    "bom-ref": "pkg:npm/b@1.5.0",
    name: "b",
    version: "1.5.0",
    purl: "pkg:npm/b@1.5.0",
    licenses: [{ license: { id: "ISC" } }],
    hashes: [{ alg: "SHA-512", content: "78" }],
  });
  const scoped = bill.components.find(({ name }) => name === "@s/c");
  expect([scoped?.purl, scoped?.licenses]).toEqual(["pkg:npm/%40s/c@1.0.0", [{ expression: "(MIT OR CC0-1.0)" }]]);
  const refs = bill.components.map((one) => one["bom-ref"]);
  expect(new Set(refs).size).toBe(refs.length);
  for (const { dependsOn } of bill.dependencies) expect(refs).toEqual(expect.arrayContaining([...dependsOn]));
  expect(bill.dependencies.find(({ ref }) => ref === "pkg:npm/a@1.0.0")?.dependsOn).toEqual(["pkg:npm/%40s/c@1.0.0", "pkg:npm/b@1.5.0"]);
});

test("the same text stands once, under the names of all who share it", () => {
  const list = licenceList(shippedPackages(lock), (folder) => (folder.endsWith("/electron") ? undefined : "Do as you like."));
  expect(list.match(/Do as you like\./g)).toHaveLength(1);
  expect(list).toContain("@s/c 1.0.0, a 1.0.0, b 1.5.0, inner 1.0.0, react 19.0.0");
});

test("everything that ships may be shipped: each licence is known and asks no more than to be named", () => {
  const kind = /^\(?(MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|Unlicense|BlueOak-1\.0\.0|CC0-1\.0)( OR [\w.-]+)*\)?$/;
  const shipped = shippedHere();
  expect(shipped.length).toBeGreaterThan(30);
  expect(shipped.filter(({ license }) => !kind.test(license))).toEqual([]);
});

test("licences that must be shown are shown: the text of what is installed is found", () => {
  const silent = shippedHere().filter(({ folder }) => licenceTexts(folder) === undefined);
  // Some tell their licence only in package.json; the table has it.
  expect(silent.length).toBeLessThan(shippedHere().length / 4);
  expect(licenceTexts("node_modules/react")).toContain("MIT License");
});

test("the packages built into the window are those it imports: a new one cannot go out unnamed", () => {
  const files = readdirSync(join(root, "renderer"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
  const imported = files.flatMap((text) =>
    [...text.matchAll(/^(?:import|export) .*?from "([a-z@][^"]*)";$/gm)].map((match) => match[1] ?? ""),
  );
  const names = new Set(
    imported.map((path) =>
      path
        .split("/")
        .slice(0, path.startsWith("@") ? 2 : 1)
        .join("/"),
    ),
  );
  const dependencies: unknown = Reflect.get(JSON.parse(readFileSync(join(root, "package.json"), "utf8")), "dependencies");
  const known = [...builtIn, ...Object.keys(Object(dependencies))];
  expect([...names].filter((name) => !known.includes(name))).toEqual([]);
});
