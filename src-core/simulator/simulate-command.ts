// `simulate`: starts simulated nodes from a count or a described file, and prints where they are. Used by cli.ts.
import { readFile } from "node:fs/promises";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { NodeId } from "../contract/ids.ts";
import { mixedNodes, type SimulatedFleet, startFleet } from "./fleet.ts";
import type { StartOptions } from "./node.ts";
import { SimulatedNodeOptions } from "./options.ts";

/** What the file of `--config` holds: `{ nodes: [...] }`, each with the options of a simulated node. */
const SimulateFile = z.strictObject({ nodes: z.array(SimulatedNodeOptions).min(1).max(1000) });

/** The file cannot be used. `message` names the file, the field and what was expected there: exit code 2. */
export class BadSimulateFile extends Error {
  readonly exitCode = 2;
}

export interface SimulateArgs {
  /** How many nodes of mixed kinds; not looked at when a file describes them. */
  readonly nodes: number;
  /** Models on each of them; as many as the demo's nodes have when absent. */
  readonly models?: number | undefined;
  readonly config?: string | undefined;
  readonly json: boolean;
}

/** Starts the nodes and prints their addresses: with `json` one ready line first, else a line for each. Throws `BadSimulateFile`. */
export async function runSimulate(args: SimulateArgs, out: (line: string) => void): Promise<{ stop(): Promise<void> }> {
  const described = args.config === undefined ? mixedNodes(args.nodes, args.models) : await readDescribed(args.config);
  const fleet = await startFleet(described);
  announce(fleet, args.json, out);
  return { stop: () => fleet.stop() };
}

function announce({ nodes }: SimulatedFleet, json: boolean, out: (line: string) => void): void {
  const told = nodes.map(({ config, simulated }) => ({ id: config.id, kind: simulated.kind, url: simulated.url }));
  if (json) return out(JSON.stringify({ event: "ready", nodes: told, pid: process.pid }));
  for (const { id, kind, url } of told) out(`${id.padEnd(16)} ${kind.padEnd(20)} ${url}`);
  out(`${told.length} simulated ${told.length === 1 ? "node runs" : "nodes run"}. Stop with Ctrl-C.`);
}

async function readDescribed(file: string): Promise<readonly (StartOptions & { readonly id: string })[]> {
  const parsed = SimulateFile.safeParse(await readDocument(file));
  if (!parsed.success) {
    const says = parsed.error.issues.slice(0, 5).map((issue) => `${fieldOf(issue.path)}: ${issue.message}`);
    throw new BadSimulateFile(`${file} does not describe simulated nodes. ${says.join("; ")}.`);
  }
  const seen = new Set<string>();
  return parsed.data.nodes.map((node, index) => {
    const id = node.id ?? NodeId.parse(`node-${index + 1}`);
    if (seen.has(id)) throw new BadSimulateFile(`${file} does not describe simulated nodes. nodes.${index}.id: "${id}" is used twice.`);
    seen.add(id);
    return { ...node, id };
  });
}

async function readDocument(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new BadSimulateFile(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  try {
    // YAML is a superset of JSON: one parser reads both.
    return parseYaml(text);
  } catch (error) {
    throw new BadSimulateFile(`${file} is neither JSON nor YAML: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function fieldOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? "the document" : path.map(String).join(".");
}
