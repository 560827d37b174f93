// The lists of models in each dialect, from the last known catalogue whatever state nodes are in: they answer from memory, at once (UX-12).
// Known values only; where a real server would leave a field empty, so do we.
import type { Fleet, ModelEntry, Node } from "../contract/fleet.ts";
import { canonicalName } from "../domain/names.ts";
import type { NamedModel } from "./anthropic-models.ts";
import { type NamesOfConfig, type VirtualModel, virtualModel, virtualModels } from "./virtual-models.ts";

/** One model and all its homes, in the order of the configuration. */
export interface ListedModel {
  readonly key: string;
  readonly homes: readonly { readonly node: Node; readonly entry: ModelEntry }[];
}

/** Models of all enabled nodes, one per canonical name, in the order they are met. A second address of one server adds nothing (F39). */
export function listedModels(fleet: Fleet): ListedModel[] {
  const models = new Map<string, { node: Node; entry: ModelEntry }[]>();
  for (const node of Object.values(fleet.nodes)) {
    if (!node.enabled || node.duplicateOf !== undefined) continue;
    for (const entry of Object.values(node.models)) {
      const key = canonicalName(entry.id);
      const homes = models.get(key);
      if (homes === undefined) models.set(key, [{ node, entry }]);
      else homes.push({ node, entry });
    }
  }
  return [...models].map(([key, homes]) => ({ key, homes }));
}

const noNames: NamesOfConfig = { profiles: {}, aliases: {} };

/** Profiles, aliases and the real models that none of them hides: who asks for a name gets what the name means. */
function allModels(
  fleet: Fleet,
  names: NamesOfConfig,
): { readonly virtual: readonly VirtualModel[]; readonly real: readonly ListedModel[] } {
  const virtual = virtualModels(names);
  const hidden = new Set(virtual.map(({ name }) => canonicalName(name)));
  return { virtual, real: listedModels(fleet).filter(({ key }) => !hidden.has(key)) };
}

/** `GET /v1/models`. `created` is the start of the gateway: no node tells a time that means anything across nodes. */
export function openaiList(fleet: Fleet, createdMs: number, names: NamesOfConfig = noNames): unknown {
  const { virtual, real } = allModels(fleet, names);
  return {
    object: "list",
    data: [...real.map((model) => openaiModel(model, createdMs)), ...virtual.map((model) => openaiVirtual(model, createdMs))],
  };
}

/** `GET /v1/models/{id}`; undefined when nobody lists it. The caller's spelling is echoed. */
export function openaiOne(fleet: Fleet, id: string, createdMs: number, names: NamesOfConfig = noNames): unknown {
  const virtual = virtualModel(id, names);
  if (virtual !== undefined) return { ...openaiVirtual(virtual, createdMs), id };
  const found = realModel(fleet, id);
  return found === undefined ? undefined : { ...openaiModel(found, createdMs), id };
}

function realModel(fleet: Fleet, id: string): ListedModel | undefined {
  const asked = canonicalName(id);
  return listedModels(fleet).find(({ key, homes }) => key === asked || homes.some(({ node }) => node.aliases[asked] === key));
}

/** What `GET /v1/models` lists, for who writes it in Anthropic's form. */
export function namedModels(fleet: Fleet, createdMs: number, names: NamesOfConfig = noNames): readonly NamedModel[] {
  const { virtual, real } = allModels(fleet, names);
  return [...real.map((model) => named(model, createdMs)), ...virtual.map(({ name }) => ({ id: name, createdMs }))];
}

/** One of them, in the caller's spelling; undefined when nobody lists it. */
export function namedModel(fleet: Fleet, id: string, createdMs: number, names: NamesOfConfig = noNames): NamedModel | undefined {
  if (virtualModel(id, names) !== undefined) return { id, createdMs };
  const found = realModel(fleet, id);
  return found === undefined ? undefined : { ...named(found, createdMs), id };
}

function named(model: ListedModel, createdMs: number): NamedModel {
  return { id: model.homes[0]?.entry.id ?? "", createdMs, contextTokens: contextOf(model) };
}

function contextOf({ homes }: ListedModel): number | undefined {
  const contexts = homes.map(({ entry }) => entry.contextTokens ?? entry.maxContextTokens).filter((tokens) => tokens !== undefined);
  return contexts.length === 0 ? undefined : Math.max(...contexts);
}

function openaiVirtual({ name, is, chain }: VirtualModel, createdMs: number) {
  return {
    id: name,
    object: "model",
    created: Math.floor(createdMs / 1000),
    owned_by: "homeport",
    homeport: { [is]: true, chain },
  };
}

function openaiModel(model: ListedModel, createdMs: number) {
  const { homes } = model;
  const id = homes[0]?.entry.id ?? "";
  const context = contextOf(model);
  return {
    id,
    object: "model",
    created: Math.floor(createdMs / 1000),
    owned_by: "homeport",
    ...(context === undefined ? {} : { context_length: context, max_model_len: context }),
    homeport: {
      loaded: homes.some(({ entry }) => entry.residency.state === "warm"),
      nodes: homes.map(({ node, entry }) => ({ node: node.id, model: entry.id, state: entry.residency.state, health: node.health.state })),
    },
  };
}

/** `GET /api/tags`: models that some node serves in this dialect, named with their tag, and the virtual ones. */
export function ollamaTags(fleet: Fleet, names: NamesOfConfig = noNames): unknown {
  const { virtual, real } = allModels(fleet, names);
  const models = real
    .map(({ homes }) => ({ homes: homes.filter(({ node }) => node.can.dialects.includes("ollama")) }))
    .flatMap(({ homes: [home] }) => (home === undefined ? [] : [ollamaModel(home.entry)]));
  return { models: [...models, ...virtual.map(({ name }) => ollamaModel({ id: name }))] };
}

/** `GET /api/ps`: what is in memory anywhere, one row per model, the largest copy's figures. */
export function ollamaPs(fleet: Fleet): unknown {
  const models = listedModels(fleet).flatMap(({ homes }) => {
    const warm = homes.filter(({ node, entry }) => entry.residency.state === "warm" && node.can.dialects.includes("ollama"));
    const [home] = warm.sort((a, b) => vram(b.entry) - vram(a.entry));
    return home === undefined ? [] : [loadedModel(home.entry)];
  });
  return { models };
}

function vram(entry: ModelEntry): number {
  return entry.residency.state === "warm" ? (entry.residency.vramBytes ?? 0) : 0;
}

function withTag(name: string): string {
  const last = name.slice(name.lastIndexOf("/") + 1);
  return last.includes(":") ? name : `${name}:latest`;
}

/** Go's zero time, which its clients read as "never": no node's clock is kept, and an empty text would not parse. */
const never = "0001-01-01T00:00:00Z";

/** What is known of a model besides its name; of a virtual one, nothing. */
type Shown = Omit<ModelEntry, "id" | "residency"> & { readonly id: string };

function ollamaModel(entry: Shown) {
  const { family = "", maxContextTokens } = entry;
  return {
    name: withTag(entry.id),
    model: withTag(entry.id),
    modified_at: never,
    size: entry.bytes ?? 0,
    digest: entry.digest ?? "",
    details: {
      parent_model: "",
      format: "",
      family,
      families: family === "" ? [] : [family],
      parameter_size: entry.parameters ?? "",
      quantization_level: entry.quantization ?? "",
      ...(maxContextTokens === undefined ? {} : { context_length: maxContextTokens }),
    },
    ...(entry.can === undefined ? {} : { capabilities: [...new Set(entry.can.map((can) => (can === "chat" ? "completion" : can)))] }),
  };
}

/** How Ollama writes "stays for ever". */
const forever = "2319-01-01T00:00:00Z";

function loadedModel(entry: ModelEntry) {
  const { modified_at: _, capabilities: __, ...model } = ollamaModel(entry);
  const { residency } = entry;
  const warm = residency.state === "warm" ? residency : undefined;
  return {
    ...model,
    size: warm?.bytes ?? entry.bytes ?? 0,
    expires_at: warm?.expiresAt == null ? forever : isoInstant(warm.expiresAt),
    size_vram: warm?.vramBytes ?? 0,
    ...(entry.contextTokens === undefined ? {} : { context_length: entry.contextTokens }),
  };
}

/** RFC 3339 from epoch milliseconds, without `Date`, which pure code may not touch. Civil-from-days after Howard Hinnant's algorithm. */
export function isoInstant(ms: number): string {
  const days = Math.floor(ms / 86_400_000);
  const second = Math.floor((ms - days * 86_400_000) / 1000);
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1;
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}T${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}Z`;
}
