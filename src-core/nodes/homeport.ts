// Another Homeport: a gateway as a node, with its own nodes, queues and loads behind it. Its list tells what it has in memory; it loads with the
// first request, and what it unloads is its own affair. Every call says through which gateways it came, so that two that use each other end in a
// refusal (508) and not in a circle (S-43).
import { z } from "zod";
import type { Failure } from "../contract/failure.ts";
import type { ModelId } from "../contract/ids.ts";
import type { NodeAbilities } from "../contract/node-kinds.ts";
import type { SightedModel, SightedResidency, Sighting } from "../contract/sighting.ts";
import type { AdapterInput, LoadOptions, NodeAdapter } from "../engine/ports.ts";
import { HouseNode } from "./house-node.ts";
import { listOf, modelIdOf, Positive } from "./model-list.ts";
import { touch } from "./touch.ts";

export const homeportAbilities: NodeAbilities = {
  load: true,
  unload: false,
  loadsUnlisted: false,
  tellsUsage: true,
  dialects: ["openai", "ollama", "anthropic", "responses"],
};

const as = "a Homeport";

/** `nodes` of a model, or `chain` of a name that stands for others. */
const Home = z.object({
  nodes: listOf(z.object({ state: z.string(), health: z.string().optional() }))
    .optional()
    .catch(undefined),
});
const Listed = z.object({ id: z.string(), context_length: Positive, homeport: Home });
type Listed = z.infer<typeof Listed>;

/** Its list, known by what it says of every model. */
export const HomeportList = z.object({ data: listOf(Listed) });

export function createHomeport(input: AdapterInput): NodeAdapter {
  return new Homeport(input);
}

class Homeport extends HouseNode {
  override async probe(signal: AbortSignal): Promise<Sighting | { readonly failure: Failure }> {
    const found = await this.list("/v1/models", HomeportList, as, signal);
    if ("failure" in found) return found;
    const models = found.list.data.map(sighted).filter((model) => model !== undefined);
    return { identity: this.http.identity, can: homeportAbilities, models };
  }

  override async load(model: ModelId, _options: LoadOptions, _onProgress: unknown, signal: AbortSignal): Promise<Failure | undefined> {
    const failure = await touch(this.http, { model, embeds: false }, signal);
    // Its list does not tell what a model can do; one that only embeds refuses a chat.
    return failure?.kind === "load-failed" ? touch(this.http, { model, embeds: true }, signal) : failure;
  }
}

function sighted({ id: name, context_length, homeport }: Listed): SightedModel | undefined {
  const id = modelIdOf(name);
  return id === undefined ? undefined : { id, residency: residencyOf(homeport), maxContextTokens: context_length };
}

/** The readiest of its copies. A name that stands for others is always there: what it leads to is decided over there. */
function residencyOf({ nodes }: Listed["homeport"]): SightedResidency {
  if (nodes === undefined) return { state: "warm" };
  const states = new Set(nodes.filter(({ health }) => health !== "down" && health !== "asleep").map(({ state }) => state));
  if (states.has("warm")) return { state: "warm" };
  if (states.has("sleeping")) return { state: "sleeping" };
  return { state: states.has("loading") ? "loading" : "cold" };
}
