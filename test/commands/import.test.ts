import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { parseConfig } from "../../src-core/host/config-text.ts";

const cli = join(import.meta.dirname, "..", "..", "src-core", "cli.ts");

function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "import", ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
}

function aFolder(text: string): { readonly file: string; readonly out: string } {
  const folder = mkdtempSync(join(tmpdir(), "homeport-import-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "config.yaml");
  writeFileSync(file, text);
  return { file, out: join(folder, "homeport.yaml") };
}

const small = "endpoints: [http://a:11434]\nodd_setting: 1\n";

it("import writes a configuration that our own reader takes, and tells on stderr what stayed behind", () => {
  const { file, out } = aFolder(small);
  const { status, stdout, stderr } = run(file, "--out", out);
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  expect(stderr).toMatch(/^odd_setting: Homeport has no such setting\.$/m);
  expect(parseConfig(readFileSync(out, "utf8"), out)).toMatchObject({ config: { nodes: [{ id: "a", kind: "ollama" }] } });
});

it("import never overwrites what is there, unless told to", () => {
  const { file, out } = aFolder(small);
  writeFileSync(out, "mine");
  const refused = run(file, "--out", out);
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain("--force");
  expect(readFileSync(out, "utf8")).toBe("mine");
  expect(run(file, "--out", out, "--force").status).toBe(0);
  expect(readFileSync(out, "utf8")).toContain("http://a:11434");
});

it("without --out the configuration goes to stdout, with --json one object with its notes", () => {
  const { file } = aFolder(small);
  const plain = run(file);
  expect(parseConfig(plain.stdout, "x.yaml")).toHaveProperty("config");
  expect(JSON.parse(run(file, "--json").stdout)).toMatchObject({
    format: "nomyo",
    document: { nodes: [{ id: "a" }] },
    notes: [{ where: "odd_setting" }],
  });
});

it("what would not be a valid configuration is not written: code 2, and the field is named", () => {
  const { file, out } = aFolder("endpoints: [http://a:11434]\nmax_concurrent_connections: 0\n");
  const { status, stderr } = run(file, "--out", out);
  expect(status).toBe(2);
  expect(stderr).toContain("nodes[0].slots");
  expect(() => readFileSync(out)).toThrow();
});

it.each([
  [["nowhere.yaml"], /nowhere\.yaml cannot be read: ENOENT/],
  [[], /FILE is missing/],
  [["a.yaml", "--format", "pie"], /--format.*nomyo/],
  [["a.yaml", "--fromat", "nomyo"], /no option --fromat.*--format/],
] as const)("bad usage %j ends with 2 and says what to do", (args, says) => {
  const { status, stdout, stderr } = run(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(says);
});
