// Anthropic's own service: its dialect, its header for the key, and a version that every call must name.
import { z } from "zod";
import type { NodeAbilities } from "../contract/node-kinds.ts";
import type { SightedModel } from "../contract/sighting.ts";
import type { AdapterInput, NodeAdapter } from "../engine/ports.ts";
import { type CloudHabits, cloudSlots, createCloud, listEverySeconds } from "./cloud.ts";
import { listOf, modelIdOf } from "./model-list.ts";

/** Abilities of every node of this kind. */
export const anthropicAbilities: NodeAbilities = {
  load: false,
  unload: false,
  loadsUnlisted: false,
  dialects: ["anthropic"],
  listEverySeconds,
};

/** The version of the interface that we know; a client that names another one is obeyed. */
const version = "2023-06-01";

const List = z.object({ data: listOf(z.object({ type: z.literal("model").optional(), id: z.string() })) });

const habits: CloudHabits = {
  as: "the Anthropic service",
  abilities: anthropicAbilities,
  ways: "anthropic",
  // The most that one page may hold.
  listPath: "/v1/models?limit=1000",
  models: (body) => {
    const list = List.safeParse(body);
    return list.success ? list.data.data.flatMap(({ id }) => sighted(id) ?? []) : undefined;
  },
  prepared: (call) => ({ ...call, headers: { "anthropic-version": version, ...call.headers } }),
};

/** Never throws: without a key, or with an address that may not be used, every call fails and says why. */
export function createAnthropic(input: AdapterInput): NodeAdapter {
  return createCloud(input, habits);
}

/** Every model there chats, sees and calls tools; its list says nothing of it. */
function sighted(name: string): SightedModel | undefined {
  const id = modelIdOf(name);
  return id === undefined
    ? undefined
    : { id, residency: { state: "warm" }, can: ["chat", "tools", "vision", "thinking"], slots: cloudSlots };
}
