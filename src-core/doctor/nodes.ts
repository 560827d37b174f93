// Every node of the house: does it answer, is it what the settings call it, and does its machine know the time. Where it does not answer, the words of
// what to do are the adapter's own; a server of another kind at its address is found by looking.
import type { Config, NodeConfig } from "../contract/config.ts";
import type { Finding } from "../contract/diagnosis.ts";
import type { Fleet, Node } from "../contract/fleet.ts";
import type { NodeId } from "../contract/ids.ts";
import type { Sighting } from "../contract/sighting.ts";
import type { Clock, NodeAdapter, Survey } from "../engine/ports.ts";
import { dateOf } from "./asking.ts";
import { probeModels } from "./model-probes.ts";

const answerMs = 5_000;
/** What no app notices. */
const skewMs = 60_000;

/** A running Homeport, as far as nodes are asked through it. */
export interface House {
  readonly fleet: Fleet;
  adapterOf(node: NodeId): NodeAdapter | undefined;
}

interface Parts {
  readonly house: House | undefined;
  readonly survey: Survey;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Nodes are looked at side by side, the models of one in turn. `only`: this node alone. */
export async function examineNodes(parts: Parts, { nodes }: Config, only: NodeId | undefined): Promise<readonly Finding[]> {
  const { house } = parts;
  if (house === undefined) {
    const asked = nodes.filter(({ id }) => only === undefined || id === only);
    return (await Promise.all(asked.map((node) => lookFromOutside(parts, node)))).flat();
  }
  const asked = Object.values(house.fleet.nodes).filter(({ id }) => only === undefined || id === only);
  const findings = (await Promise.all(asked.map((node) => examineNode(parts, house, node)))).flat();
  return asked.length > 0 || only !== undefined ? findings : [noNodes];
}

const noNodes: Finding = {
  id: "nodes",
  level: "note",
  title: "Nodes",
  says: "There is no node yet, so nothing can answer.",
  fix: { says: "Add one on the Nodes page, or under nodes in the configuration." },
};

async function examineNode(parts: Parts, house: House, node: Node): Promise<readonly Finding[]> {
  const about = { id: `node:${node.id}`, title: `Node ${node.name}`, node: node.id };
  const rests = restsBecause(node);
  if (rests !== undefined) return [{ ...about, level: "skipped", says: rests }];
  const adapter = house.adapterOf(node.id);
  if (adapter === undefined) return [{ ...about, level: "skipped", says: "It left the settings a moment ago." }];
  const limit = () => AbortSignal.any([parts.signal, AbortSignal.timeout(answerMs)]);
  const sighting = await adapter.probe(limit());
  if ("failure" in sighting) return [await silent(parts, node, sighting.failure.message)];
  const [date, answers] = await Promise.all([
    isHttp(node) ? dateOf(adapter, limit()) : undefined,
    probeModels({ ...parts, node, adapter }, sighting),
  ]);
  return [
    { ...about, level: "ok", says: answersSays(node, sighting) },
    ...doubled(node),
    ...clockOf(node, date, parts.clock.now()),
    ...answers,
  ];
}

function restsBecause({ enabled, lent, health, wakes }: Node): string | undefined {
  if (!enabled) return "It is switched off in the settings.";
  if (lent !== undefined) return "Its memory is lent to something else; it was left alone.";
  if (health.state === "asleep" && wakes === true) return "Its machine sleeps. It is woken when a request needs it.";
  return undefined;
}

const isHttp = ({ url }: { readonly url: string }) => /^https?:/i.test(url);

function answersSays({ latencyMs, place }: Node, { models, version }: Sighting): string {
  const speed = latencyMs === undefined ? "" : ` in ${Math.max(1, Math.round(latencyMs))} ms`;
  const warm = models.filter(({ residency }) => residency.state === "warm").length;
  return `It answers${speed}${version === undefined ? "" : `, version ${version}`}, and lists ${count(models.length)}${place === "cloud" ? "" : `, ${warm} in memory`}.`;
}

const count = (models: number) => `${models} ${models === 1 ? "model" : "models"}`;

function doubled({ id, name, duplicateOf }: Node): readonly Finding[] {
  if (duplicateOf === undefined) return [];
  const says = `It is the same server as ${duplicateOf}; the figures of both are of one machine.`;
  return [
    {
      id: `double:${id}`,
      level: "warning",
      title: `Node ${name}`,
      says,
      node: id,
      fix: { says: `Remove one of ${id} and ${duplicateOf}.` },
    },
  ];
}

function clockOf({ id, name }: Node, date: number | undefined, now: number): readonly Finding[] {
  if (date === undefined || Math.abs(date - now) < skewMs) return [];
  const minutes = Math.round(Math.abs(date - now) / 60_000);
  const says = `The clocks of ${name} and of this computer are ${minutes} min apart, so times and the ends of budgets are told wrongly.`;
  return [
    {
      id: `clock:${id}`,
      level: "warning",
      title: `Clock of ${name}`,
      says,
      node: id,
      fix: { says: "Switch on the time service (NTP) on both." },
    },
  ];
}

/** A node that did not answer. `says`: what the adapter told of it. */
async function silent({ survey, signal }: Parts, node: Pick<Node, "id" | "name" | "kind" | "url">, says: string): Promise<Finding> {
  const about = { id: `node:${node.id}`, level: "error" as const, title: `Node ${node.name}`, node: node.id };
  const found = isHttp(node) ? await survey.fingerprint(node.url, AbortSignal.any([signal, AbortSignal.timeout(answerMs)])) : undefined;
  if (found?.kind !== undefined && found.kind !== node.kind) {
    const change = { what: "node-kind" as const, node: node.id, kind: found.kind };
    return {
      ...about,
      says: `${says} What answers there is ${found.label}.`,
      fix: { says: `Change its kind from ${node.kind} to ${found.kind}.`, change },
    };
  }
  return { ...about, says, fix: { says: `Start the server at ${node.url}, or change or switch off this node.` } };
}

/** Without a running Homeport: only whether something of that kind answers. */
async function lookFromOutside(parts: Parts, node: NodeConfig): Promise<readonly Finding[]> {
  const name = node.name ?? node.id;
  const about = { id: `node:${node.id}`, title: `Node ${name}`, node: node.id };
  if (!node.enabled) return [{ ...about, level: "skipped", says: "It is switched off in the settings." }];
  if (!isHttp(node)) return [{ ...about, level: "skipped", says: "It is reached over NATS, which only a running Homeport does." }];
  if (node.preset !== undefined || node.kind === "openai" || node.kind === "anthropic")
    return [{ ...about, level: "skipped", says: "A service in the cloud is asked only by a running Homeport, with its key." }];
  const found = await parts.survey.fingerprint(node.url, AbortSignal.any([parts.signal, AbortSignal.timeout(answerMs)]));
  if (found.kind === undefined) return [await silent(parts, { ...node, name }, `${found.label}, at ${node.url}.`)];
  if (found.kind !== node.kind && node.kind !== "openai-compatible")
    return [await silent(parts, { ...node, name }, `It is no ${node.kind}.`)];
  return [
    {
      ...about,
      level: "ok",
      says: `${found.label} answers there${found.models === undefined ? "" : ` and lists ${count(found.models)}`}.`,
    },
  ];
}
