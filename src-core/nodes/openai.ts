// OpenAI, and every service that offers its interface for a key. What differs by service stands in contract/cloud-presets.ts.
import { z } from "zod";
import { type CloudPresetRow, cloudPresets } from "../contract/cloud-presets.ts";
import type { Capability, NodeAbilities } from "../contract/node-kinds.ts";
import type { SightedModel } from "../contract/sighting.ts";
import type { AdapterInput, NodeAdapter } from "../engine/ports.ts";
import { type CloudHabits, cloudSlots, createCloud, listEverySeconds } from "./cloud.ts";
import { listOf, modelIdOf, Positive, Strings } from "./model-list.ts";

/** Abilities of every node of this kind. OpenAI's own service is heard to speak Responses too, which those that copy its interface do not. */
export const openAiAbilities: NodeAbilities = { load: false, unload: false, loadsUnlisted: false, dialects: ["openai"], listEverySeconds };

const Flag = z.boolean().optional().catch(undefined);

/** What services say of a model beyond its id: OpenRouter and Mistral say much, OpenAI nothing. */
const Listed = z.object({
  id: z.string(),
  active: Flag,
  context_window: Positive,
  context_length: Positive,
  max_context_length: Positive,
  supported_parameters: Strings,
  architecture: z.object({ input_modalities: Strings }).optional().catch(undefined),
  capabilities: z.object({ completion_chat: Flag, function_calling: Flag, vision: Flag }).optional().catch(undefined),
});
type Listed = z.infer<typeof Listed>;

const List = z.object({ data: listOf(Listed) });

/** Never throws: without a key, or with an address that may not be used, every call fails and says why. */
export function createOpenAi(input: AdapterInput): NodeAdapter {
  const preset = input.preset === undefined ? undefined : cloudPresets[input.preset];
  const isOpenAi = input.preset === "openai" || (preset === undefined && URL.parse(input.url)?.hostname === openAiHost);
  const told = preset?.tellsUsage === true ? { ...openAiAbilities, tellsUsage: true } : openAiAbilities;
  return createCloud(input, habitsOf(preset, isOpenAi ? { ...told, tellsUsage: true, dialects: ["openai", "responses"] } : told));
}

const openAiHost = "api.openai.com";

function habitsOf(preset: CloudPresetRow | undefined, abilities: NodeAbilities): CloudHabits {
  const prefix = preset?.idPrefix ?? "";
  return {
    as: "an OpenAI service",
    abilities,
    ways: "bearer",
    listPath: "/v1/models",
    models: (body) => {
      const list = List.safeParse(body);
      return list.success ? list.data.data.flatMap((listed) => sighted(listed, prefix) ?? []) : undefined;
    },
    prepared: preset?.withoutV1 === true ? (call) => ({ ...call, path: call.path.replace(/^\/v1(?=\/)/, "") }) : (call) => call,
  };
}

function sighted(listed: Listed, prefix: string): SightedModel | undefined {
  const id = modelIdOf(listed.id.startsWith(prefix) ? listed.id.slice(prefix.length) : listed.id);
  if (id === undefined || listed.active === false) return undefined;
  const contextTokens = listed.context_length ?? listed.context_window ?? listed.max_context_length;
  return { id, residency: { state: "warm" }, contextTokens, maxContextTokens: contextTokens, can: abilitiesOf(listed), slots: cloudSlots };
}

/** Undefined where the service does not say. */
function abilitiesOf({ supported_parameters, architecture, capabilities }: Listed): readonly Capability[] | undefined {
  if (capabilities?.completion_chat !== undefined) {
    const { completion_chat, function_calling, vision } = capabilities;
    return [...when(completion_chat, "chat"), ...when(function_calling, "tools"), ...when(vision, "vision")];
  }
  const inputs = architecture?.input_modalities;
  if (supported_parameters === undefined || inputs === undefined) return undefined;
  const thinks = supported_parameters.includes("reasoning") || supported_parameters.includes("include_reasoning");
  return [
    "chat",
    ...when(supported_parameters.includes("tools"), "tools"),
    ...when(inputs.includes("image"), "vision"),
    ...when(inputs.includes("audio"), "audio"),
    ...when(thinks, "thinking"),
  ];
}

function when(is: boolean | undefined, capability: Capability): readonly Capability[] {
  return is === true ? [capability] : [];
}
