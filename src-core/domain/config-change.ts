// Writes one of the doctor's changes into the settings as a person wrote them: everything else of the document stays. Pure; the source of the
// settings validates what comes out.
import type { ConfigChange } from "../contract/diagnosis.ts";
import type { Repair } from "../contract/routing.ts";
import { canonicalName } from "./names.ts";

type Part = Readonly<Record<string, unknown>>;

/** The document with this change. */
export function withChange(document: Part, change: ConfigChange): Record<string, unknown> {
  switch (change.what) {
    case "port":
      return { ...document, [change.door]: { ...partOf(document[change.door]), port: change.port } };
    case "loopback":
      return { ...document, gateway: { ...partOf(document["gateway"]), host: "127.0.0.1" } };
    case "close-ollama-routes":
      return { ...document, gateway: { ...partOf(document["gateway"]), allowOllamaRoutes: [] } };
    case "node-kind": {
      const ofNode = (entry: unknown) => partOf(entry)["id"] === change.node;
      return {
        ...document,
        nodes: listOf(document["nodes"]).map((entry) => (ofNode(entry) ? { ...partOf(entry), kind: change.kind } : entry)),
      };
    }
    case "context":
      return { ...document, catalogue: withContext(listOf(document["catalogue"]), change.model, change.tokens) };
    case "repair":
      return { ...document, profiles: withRepair(partOf(document["profiles"]), change.model, change.repair) };
  }
}

function withContext(catalogue: readonly unknown[], model: string, contextTokens: number): readonly unknown[] {
  const isIt = (entry: unknown) => sameName(partOf(entry)["model"], model);
  if (!catalogue.some(isIt)) return [...catalogue, { model, contextTokens }];
  return catalogue.map((entry) => (isIt(entry) ? { ...partOf(entry), contextTokens } : entry));
}

/** Requests for a model go through the profile whose chain begins with it. */
function withRepair(profiles: Part, model: string, repair: Repair): Part {
  const field = ({ "tool-calls": "toolCalls", thinking: "thinking", "stop-markers": "stopMarkers" } as const)[repair];
  const there = Object.keys(profiles).find((name) => sameName(listOf(partOf(profiles[name])["chain"])[0], model));
  const name = there ?? freeName(model, profiles);
  const before = there === undefined ? { chain: [model] } : partOf(profiles[there]);
  return { ...profiles, [name]: { ...before, repairs: { ...partOf(before["repairs"]), [field]: true } } };
}

/** A profile's name stands in headers, hence its narrow alphabet. */
function freeName(model: string, taken: Part): string {
  const plain = model
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 48);
  const base = `repaired-${plain}`;
  let name = base;
  for (let count = 2; Object.hasOwn(taken, name); count += 1) name = `${base}-${count}`;
  return name;
}

function sameName(written: unknown, model: string): boolean {
  return typeof written === "string" && canonicalName(written) === canonicalName(model);
}

function partOf(value: unknown): Part {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
