// Writes one of the doctor's changes into the settings as a person wrote them: everything else of the document stays. Pure; the source of the
// settings validates what comes out.
import type { ConfigChange } from "../contract/diagnosis.ts";
import type { Repair } from "../contract/routing.ts";
import { canonicalName } from "./names.ts";

/** A part of the document as it was written. */
export type Part = Readonly<Record<string, unknown>>;

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

/** The catalogue with this context for the model; null takes it away, and an entry that says nothing else with it. */
export function withContext(catalogue: readonly unknown[], model: string, contextTokens: number | null): readonly unknown[] {
  const isIt = (entry: unknown) => sameName(partOf(entry)["model"], model);
  if (contextTokens !== null && !catalogue.some(isIt)) return [...catalogue, { model, contextTokens }];
  return catalogue.flatMap((entry) => {
    if (!isIt(entry)) return [entry];
    const { contextTokens: _, ...rest } = partOf(entry);
    if (contextTokens !== null) return [{ ...rest, contextTokens }];
    return Object.keys(rest).length > 1 ? [rest] : [];
  });
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

/** Whether what is written there names this model. */
export function sameName(written: unknown, model: string): boolean {
  return typeof written === "string" && canonicalName(written) === canonicalName(model);
}

/** An empty part where something else is written. */
export function partOf(value: unknown): Part {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** An empty list where something else is written. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
