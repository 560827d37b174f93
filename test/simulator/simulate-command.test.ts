// The demo homelab and the `simulate` command: what a person starts by hand or with `--demo`.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NodeConfig } from "../../src-core/contract/config.ts";
import { startDemoFleet } from "../../src-core/simulator/fleet.ts";
import { BadSimulateFile, runSimulate } from "../../src-core/simulator/simulate-command.ts";
import { askJson } from "./support.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "simulate-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function fileWith(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

test("the demo homelab starts, every node's configuration is valid and answers by its own kind", async () => {
  const fleet = await startDemoFleet();
  try {
    expect(fleet.nodes.map(({ simulated }) => simulated.kind)).toEqual([
      "ollama",
      "openai-compatible",
      "llama-server-router",
      "ollama",
      "llama-server",
      "openai-compatible",
      "ollama",
      "ollama",
    ]);
    for (const { config } of fleet.nodes) expect(NodeConfig.parse(config)).toEqual(config);
    for (const { simulated } of fleet.nodes) expect((await askJson(`${simulated.url}/v1/models`)).status).toBe(200);
  } finally {
    await fleet.stop();
  }
});

test("--json prints one ready line first that names every node", async () => {
  const lines: string[] = [];
  const simulation = await runSimulate({ nodes: 11, json: true }, (line) => lines.push(line));
  await simulation.stop();
  expect(lines).toHaveLength(1);
  const ready: unknown = JSON.parse(lines[0] ?? "");
  expect(ready).toMatchObject({ event: "ready", pid: process.pid });
  const ids = Array.from(Object(ready).nodes, (node) => Reflect.get(Object(node), "id"));
  expect(new Set(ids).size).toBe(11);
});

test("without --json people read one line per node", async () => {
  const lines: string[] = [];
  const simulation = await runSimulate({ nodes: 2, json: false }, (line) => lines.push(line));
  await simulation.stop();
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^studio +ollama +http:\/\/127\.0\.0\.1:\d+$/);
});

test("a file describes the nodes, in YAML as in JSON", async () => {
  const file = await fileWith("lab.yaml", "nodes:\n  - id: desk\n    kind: ollama\n    models:\n      - { name: tiny, warm: true }\n");
  const lines: string[] = [];
  const simulation = await runSimulate({ nodes: 0, config: file, json: true }, (line) => lines.push(line));
  await simulation.stop();
  expect(JSON.parse(lines[0] ?? "").nodes).toMatchObject([{ id: "desk", kind: "ollama" }]);
});

test("a bad file is refused with its name, the field and what was expected", async () => {
  const wrong = await fileWith("wrong.json", '{"nodes":[{"kind":"ollama","models":[{"name":"a","loadMs":"soon"}]}]}');
  await expect(runSimulate({ nodes: 1, config: wrong, json: true }, () => undefined)).rejects.toThrow(
    /wrong\.json.*nodes\.0\.models\.0\.loadMs: .*expected number/,
  );
  const twice = await fileWith(
    "twice.json",
    '{"nodes":[{"id":"x","kind":"ollama","models":[{"name":"a"}]},{"id":"x","kind":"ollama","models":[{"name":"a"}]}]}',
  );
  await expect(runSimulate({ nodes: 1, config: twice, json: true }, () => undefined)).rejects.toThrow(BadSimulateFile);
  await expect(runSimulate({ nodes: 1, config: join(folder, "none.json"), json: true }, () => undefined)).rejects.toThrow(/cannot be read/);
});
