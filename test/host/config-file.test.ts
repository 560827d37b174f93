import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Config } from "../../src-core/contract/config.ts";
import type { Failure } from "../../src-core/contract/failure.ts";
import { systemClock } from "../../src-core/host/clock.ts";
import { type ConfigFile, openConfigFile } from "../../src-core/host/config-file.ts";

let folder: string;
let path: string;
let open: ConfigFile | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "homeport-config-"));
  path = join(folder, "homeport.yaml");
});
afterEach(() => {
  open?.close();
  open = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function opened(text: string, file = path): ConfigFile {
  writeFileSync(file, text);
  const source = openConfigFile(file, { clock: systemClock });
  if ("failure" in source) throw new Error(source.failure.message);
  open = source;
  return source;
}

/** What the source says next: a configuration or a refusal. */
function next(source: ConfigFile): Promise<Config | Failure> {
  return new Promise((resolve) => {
    const stop = source.subscribe(
      (config) => {
        stop();
        resolve(config);
      },
      (failure) => {
        stop();
        resolve(failure);
      },
    );
  });
}

const commented = `# my machines
nodes:
  # under the desk
  - id: studio # the fast one
    kind: ollama
    url: http://studio:11434
  # in the cellar
  - id: rack
    kind: llama-server
    url: http://rack:8080
gateway:
  port: 5000 # not 4663
`;

test("a missing file is told as such, with its name", () => {
  const source = openConfigFile(join(folder, "nowhere.yaml"), { clock: systemClock });
  expect("failure" in source && source.failure.message).toMatch(/nowhere\.yaml: expected a configuration file, but there is no such file/);
});

test("an edit is taken without a restart", async () => {
  const source = opened("gateway: { port: 1000 }");
  const change = next(source);
  writeFileSync(path, "gateway: { port: 2000 }");
  expect(await change).toMatchObject({ gateway: { port: 2000 } });
  expect(source.current().gateway.port).toBe(2000);
});

test("an editor that saves by renaming is followed, the second time as well", async () => {
  const source = opened("gateway: { port: 1000 }");
  for (const port of [2000, 3000]) {
    const change = next(source);
    writeFileSync(`${path}~`, `gateway: { port: ${port} }`);
    renameSync(`${path}~`, path);
    expect(await change).toMatchObject({ gateway: { port } });
  }
});

test("a bad edit keeps the last good configuration and says why; mending it is taken", async () => {
  const source = opened("gateway: { port: 1000 }");
  const refusal = next(source);
  writeFileSync(path, "gateway: { prot: 2000 }");
  expect(await refusal).toMatchObject({ kind: "invalid-request", message: expect.stringContaining('did you mean "port"?') });
  expect(source.current().gateway.port).toBe(1000);
  const mended = next(source);
  writeFileSync(path, "gateway: { port: 3000 }");
  expect(await mended).toMatchObject({ gateway: { port: 3000 } });
});

test("a file emptied half-way through a save does not forget every node", async () => {
  const source = opened(commented);
  const refusal = next(source);
  writeFileSync(path, "");
  expect(await refusal).toMatchObject({ kind: "invalid-request" });
  expect(source.current().nodes).toHaveLength(2);
});

test("a change from the window keeps a person's comments and their order", async () => {
  const source = opened(commented);
  const failure = await source.update((document) => ({
    ...document,
    nodes: [
      { id: "rack", kind: "llama-server", url: "http://rack:9090" },
      { id: "new", kind: "ollama", url: "http://new:11434" },
    ],
  }));
  expect(failure).toBeUndefined();
  const text = readFileSync(path, "utf8");
  for (const comment of ["# my machines", "# not 4663", "# in the cellar"]) expect(text).toContain(comment);
  expect(text).not.toContain("the fast one");
  expect(source.current().nodes.map((node) => node.url)).toEqual(["http://rack:9090", "http://new:11434"]);
});

test("S-74: a written file is readable to its owner only, and nothing is left beside it", async () => {
  const source = opened("gateway: { port: 1000 }");
  await source.update((document) => ({ ...document, discovery: { enabled: false } }));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["homeport.yaml"]);
});

test("a JSON file stays JSON, and a link stays a link", async () => {
  const real = join(folder, "real.json");
  const link = join(folder, "link.json");
  writeFileSync(real, '{"gateway":{"port":1000}}');
  symlinkSync(real, link);
  const source = openConfigFile(link, { clock: systemClock });
  if ("failure" in source) throw new Error(source.failure.message);
  open = source;
  await source.update((document) => ({ ...document, discovery: { enabled: false } }));
  expect(JSON.parse(readFileSync(real, "utf8"))).toEqual({ gateway: { port: 1000 }, discovery: { enabled: false } });
});

test("a bad change changes nothing and says why", async () => {
  const source = opened(commented);
  const failure = await source.update((document) => ({ ...document, gateway: { port: "x" } }));
  expect(failure?.message).toContain("gateway.port: expected a number");
  expect(readFileSync(path, "utf8")).toBe(commented);
});

test("a change never overwrites an edit that has an error in it", async () => {
  const source = opened(commented);
  const edit = `${commented}breker: {}\n`;
  writeFileSync(path, edit);
  const failure = await source.update((document) => ({ ...document, discovery: { enabled: false } }));
  expect(failure?.message).toMatch(/Nothing was changed[\s\S]*did you mean "breaker"/);
  expect(readFileSync(path, "utf8")).toBe(edit);
});
