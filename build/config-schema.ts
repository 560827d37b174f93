// Writes the configuration's JSON Schema for editors from its one zod schema; with `--check` only says whether the file is up to date.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { Config } from "../src-core/contract/config.ts";

const path = fileURLToPath(new URL("homeport.schema.json", import.meta.url));

/** The schema as the file should read, byte for byte. */
export function schemaText(): string {
  const schema = z.toJSONSchema(Config, { io: "input", reused: "inline" });
  return `${JSON.stringify({ title: "Homeport configuration", ...schema }, null, 2)}\n`;
}

function fileText(): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

if (import.meta.main) {
  if (!process.argv.includes("--check")) writeFileSync(path, schemaText());
  else if (fileText() !== schemaText()) {
    console.error("build/homeport.schema.json is out of date: run `npm run schema` and commit it.");
    process.exitCode = 1;
  } else console.log("The configuration's JSON Schema is up to date.");
}
