// cortex, a gateway over neurons: one node with many models. It loads by itself with the first request and tells where its models are; what none of
// its machines could ever hold, or what it cannot serve now, it says too.
import { z } from "zod";
import type { Failure } from "../contract/failure.ts";
import type { Hindrance } from "../contract/fleet.ts";
import type { ModelId } from "../contract/ids.ts";
import type { NodeAbilities } from "../contract/node-kinds.ts";
import type { SightedModel, SightedResidency, Sighting } from "../contract/sighting.ts";
import type { AdapterInput, LoadOptions, NodeAdapter } from "../engine/ports.ts";
import { HouseNode } from "./house-node.ts";
import { listOf, modelIdOf, Positive, Strings, Word } from "./model-list.ts";
import { capabilitiesOf } from "./neuron-shapes.ts";
import { touch } from "./touch.ts";

export const cortexAbilities: NodeAbilities = {
  load: true,
  unload: false,
  loadsUnlisted: false,
  dialects: ["openai", "anthropic", "responses"],
};

const as = "a cortex";
const Flag = z.boolean().optional().catch(undefined);

const Listed = z.object({
  id: z.string(),
  loaded: Flag,
  feasible_on: z.array(z.unknown()).optional().catch(undefined),
  locations: listOf(z.object({ status: Word })),
  capabilities: Strings,
  tool_call: Flag,
  reasoning: Flag,
  max_model_len: Positive,
  limit: z.object({ context: Positive }).optional().catch(undefined),
});
type Listed = z.infer<typeof Listed>;

/** A list of which at least its entries say where their models are: nobody else does. */
export const CortexList = z.object({ data: listOf(Listed) });

export function createCortex(input: AdapterInput): NodeAdapter {
  return new Cortex(input);
}

class Cortex extends HouseNode {
  readonly #embedsOnly = new Set<string>();

  override async probe(signal: AbortSignal): Promise<Sighting | { readonly failure: Failure }> {
    const found = await this.list("/v1/models", CortexList, as, signal);
    if ("failure" in found) return found;
    const models = found.list.data.map(sighted).filter((model) => model !== undefined);
    this.#embedsOnly.clear();
    for (const { id, can } of models) if (can?.includes("embedding") === true && !can.includes("chat")) this.#embedsOnly.add(id);
    return { identity: this.http.identity, can: cortexAbilities, models };
  }

  override load(model: ModelId, _options: LoadOptions, _onProgress: unknown, signal: AbortSignal): Promise<Failure | undefined> {
    return touch(this.http, { model, embeds: this.#embedsOnly.has(model) }, signal);
  }
}

function sighted(listed: Listed): SightedModel | undefined {
  const id = modelIdOf(listed.id);
  if (id === undefined) return undefined;
  const maxContextTokens = listed.limit?.context ?? listed.max_model_len;
  return { id, residency: residencyOf(listed), maxContextTokens, can: capabilitiesOf(listed), hindrance: hindranceOf(listed) };
}

function residencyOf({ loaded, locations }: Listed): SightedResidency {
  if (loaded === true) return { state: "warm" };
  const isComing = locations.some(({ status }) => status === "loading" || status === "reloading" || status === "recovering");
  return { state: isComing ? "loading" : "cold" };
}

function hindranceOf({ loaded, locations, feasible_on }: Listed): Hindrance | null {
  if (loaded === true) return null;
  if (locations.some(({ status }) => status === "recovering")) return { is: "recovering", says: "it is recovering" };
  return feasible_on?.length === 0 && locations.length === 0 ? { is: "not-servable", says: "none of its machines can hold it" } : null;
}
