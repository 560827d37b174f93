// A cortex `models.toml` (source-systems.md 4.6): the catalogue and its aliases. It names no machines, so the result has no nodes.
import type { ConfigDocument } from "../contract/config.ts";
import { NodeId } from "../contract/ids.ts";
import type { Capability } from "../contract/node-kinds.ts";
import type { Part } from "./part.ts";

type Entry = NonNullable<ConfigDocument["catalogue"]>[number];

const bytesPerMebibyte = 1024 * 1024;

const abilities: Readonly<Record<string, Capability>> = {
  text: "chat",
  chat: "chat",
  tools: "tools",
  tool_call: "tools",
  vision: "vision",
  reasoning: "thinking",
  thinking: "thinking",
  embedding: "embedding",
  embeddings: "embedding",
  rerank: "rerank",
  audio: "audio",
};

export function fromCortex(source: Part): ConfigDocument {
  const catalogue = source.list("models").flatMap(readModel);
  const named = source.part("aliases");
  const aliases: Record<string, string> = {};
  for (const alias of named.keys) {
    const target = named.text(alias);
    if (target === undefined) continue;
    if (named.has(target)) named.note(alias, "it leads to another alias, which has no meaning in either system; left out.");
    else aliases[alias] = target;
  }
  source.rest();
  const pinned = new Set(catalogue.flatMap(({ pinnedOn = [] }) => pinnedOn));
  const ids = pinned.size === 0 ? "" : ` Give them the ids that models are pinned to: ${[...pinned].join(", ")}.`;
  source.note("", `this file names no machines: add your nodes to the configuration.${ids}`);
  return { catalogue, aliases };
}

function readModel(part: Part): Entry[] {
  const model = part.text("id");
  const vram = part.number("vram_mb");
  const deviceVram = part.number("min_device_vram_mb");
  const minDevices = part.number("min_devices");
  const residencyPriority = part.number("residency_priority");
  const limit = part.part("limit");
  const contextTokens = limit.number("context");
  limit.leave("clients and nodes keep this limit.", "input", "output");
  limit.rest();
  const can = readAbilities(part);
  const isImage = part.texts("capabilities").some((word) => word.startsWith("image"));
  const cost = readCost(part);
  const pinnedOn = readPins(part);
  part.leave("the node knows how it serves and fetches its models.", "harness", "quant", "source");
  part.rest();
  if (model === undefined || model === "") {
    part.note("id", "a model without an id; left out.");
    return [];
  }
  return [
    {
      model,
      ...(vram === undefined || vram <= 0 ? {} : { bytes: Math.round(vram * bytesPerMebibyte) }),
      ...(minDevices === undefined ? {} : { minDevices }),
      ...(deviceVram === undefined ? {} : { minDeviceMemoryBytes: Math.round(deviceVram * bytesPerMebibyte) }),
      ...(pinnedOn.length === 0 ? {} : { pinnedOn }),
      ...(residencyPriority === undefined ? {} : { residencyPriority }),
      ...(contextTokens === undefined ? {} : { contextTokens }),
      ...(can.length === 0 ? {} : { can: [...can] }),
      ...(isImage ? { type: "image" as const } : {}),
      ...(cost === undefined ? {} : { cost }),
    },
  ];
}

function readAbilities(part: Part): readonly Capability[] {
  const can = new Set<Capability>();
  for (const word of part.texts("capabilities")) {
    const ability = abilities[word];
    if (ability !== undefined) can.add(ability);
    else if (!word.startsWith("image")) part.note("capabilities", `Homeport knows no capability ${JSON.stringify(word)}.`);
  }
  return [...can];
}

/** Absent stays unknown, 0 stays free. */
function readCost(part: Part): Entry["cost"] {
  if (!part.has("cost")) return undefined;
  const prices = part.part("cost");
  const words = [
    ["input", "input"],
    ["output", "output"],
    ["cache_read", "cacheRead"],
    ["cache_write", "cacheWrite"],
  ] as const;
  const told = words.flatMap(([theirs, ours]) => {
    const usd = prices.number(theirs);
    return usd === undefined ? [] : [[ours, usd] as const];
  });
  prices.rest();
  return Object.fromEntries(told);
}

function readPins(part: Part): string[] {
  return part.texts("pinned_on").flatMap((name) => {
    if (NodeId.safeParse(name).success) return [name];
    part.note("pinned_on", `${JSON.stringify(name)} cannot be a node's id here; left out.`);
    return [];
  });
}
