// The papers that go out with every package: the licences of all that is in it, with their texts, and the bill of materials. Written to dist/.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { billOfMaterials } from "./bill-of-materials.ts";
import { root } from "./paths.ts";
import { LockFile, type ShippedPackage, shippedPackages } from "./shipped-packages.ts";

const App = z.object({ name: z.string(), version: z.string(), license: z.string() });
const rule = "─".repeat(80);

/** What ships according to the committed lock file. */
export function shippedHere(): readonly ShippedPackage[] {
  return shippedPackages(LockFile.parse(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"))));
}

/** The list of licences: a table, then each text, the same text once. Chromium's own stand beside the Electron binary in every package. */
export function licenceList(shipped: readonly ShippedPackage[], textsOf: (folder: string) => string | undefined): string {
  const texts = new Map<string, string[]>();
  for (const one of shipped) {
    const text = textsOf(one.folder);
    if (text === undefined) continue;
    texts.set(text, [...(texts.get(text) ?? []), `${one.name} ${one.version}`]);
  }
  const width = Math.max(...shipped.map(({ name, version }) => name.length + version.length + 1));
  const table = shipped.map(({ name, version, license }) => `${`${name} ${version}`.padEnd(width)}  ${license}`);
  const chapters = [...texts].map(([text, names]) => `${rule}\n${names.join(", ")}\n${rule}\n\n${text}`);
  return `Homeport ships these packages. The licences of Chromium and its parts are in LICENSES.chromium.html beside the app.\n\n${table.join("\n")}\n\n${chapters.join("\n\n")}\n`;
}

/** The licence and notice files of an installed package. */
export function licenceTexts(folder: string): string | undefined {
  const path = join(root, folder);
  let files: readonly string[];
  try {
    files = readdirSync(path).filter((name) => /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i.test(name));
  } catch {
    // An optional package for another platform is not installed, and not shipped from here.
    return undefined;
  }
  const texts = files.toSorted().map((name) => readFileSync(join(path, name), "utf8").trim());
  return texts.length === 0 ? undefined : texts.join("\n\n");
}

/** Writes dist/licences.txt and dist/sbom.cdx.json; their names. */
export function writePapers(): readonly string[] {
  const app = App.parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
  const shipped = shippedHere();
  mkdirSync(join(root, "dist"), { recursive: true });
  writeFileSync(join(root, "dist/licences.txt"), licenceList(shipped, licenceTexts));
  writeFileSync(join(root, "dist/sbom.cdx.json"), `${JSON.stringify(billOfMaterials(app, shipped), undefined, 2)}\n`);
  return ["dist/licences.txt", "dist/sbom.cdx.json"];
}

if (import.meta.main) for (const path of writePapers()) console.log(path);
