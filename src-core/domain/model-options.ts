// What a person wants of a model, found by canonical name, and how a change of it is written into the settings as they stand.
import type { Config } from "../contract/config.ts";
import type { ModelId, NodeId } from "../contract/ids.ts";
import type { ModelOptions, ModelOptionsChange } from "../contract/model-options.ts";
import { listOf, type Part, partOf, sameName, withContext } from "./config-change.ts";
import { canonicalName } from "./names.ts";
import { perValue } from "./per-value.ts";

interface Pinned {
  readonly pinned?: readonly string[];
}

const indexOf = perValue((all: readonly ModelOptions[]) => new Map(all.map((one) => [canonicalName(one.model), one])));
const pinnedIn = perValue((all: readonly ModelOptions[]): Pinned => {
  const pinned = all.filter((one) => one.pinned).map(({ model }) => canonicalName(model));
  return pinned.length === 0 ? {} : { pinned };
});

/** The options of a model by canonical name; undefined where nobody said anything of it. */
export function optionsOf(key: string, { modelOptions }: Pick<Config, "modelOptions">): ModelOptions | undefined {
  return modelOptions.length === 0 ? undefined : indexOf(modelOptions).get(key);
}

/** Canonical names of what is shown first, for the snapshot. The same list as long as the settings stay. */
export function pinnedModels({ modelOptions }: Pick<Config, "modelOptions">): Pinned {
  return pinnedIn(modelOptions);
}

/** Whether a person wants the model kept in this node's memory. Asked of every resident when room is planned. */
export function isKept(node: NodeId, key: string, config: Pick<Config, "modelOptions">): boolean {
  return optionsOf(key, config)?.keptOn.includes(node) === true;
}

/** Canonical names of what is kept in this node's memory. */
export function keptOn(node: NodeId, { modelOptions }: Pick<Config, "modelOptions">): readonly string[] {
  return modelOptions.filter((one) => one.keptOn.includes(node)).map(({ model }) => canonicalName(model));
}

/** How long a load asks its node to keep the model without use, in the words of Ollama; undefined: as long as the node likes. */
export function keepAliveOf(node: NodeId, key: string, config: Pick<Config, "modelOptions">): string | number | undefined {
  const options = optionsOf(key, config);
  if (options === undefined) return undefined;
  if (options.keptOn.includes(node) || options.unloadAfterMinutes === "never") return -1;
  return options.unloadAfterMinutes === undefined ? undefined : `${options.unloadAfterMinutes}m`;
}

/** The settings with this change; everything else of the document stays, and an entry that says nothing more is left out. */
export function withModelOptions(document: Part, model: ModelId, change: ModelOptionsChange): Record<string, unknown> {
  const { contextTokens, ...own } = change;
  const changed = withOwn(document, model, (before) => ({ ...before, ...own }));
  if (contextTokens === undefined) return changed;
  return { ...changed, catalogue: withContext(listOf(document["catalogue"]), model, contextTokens) };
}

/** The settings with the model kept in this node's memory, or no longer. */
export function withKept(document: Part, node: NodeId, model: ModelId, keep: boolean): Record<string, unknown> {
  return withOwn(document, model, (before) => {
    const others = listOf(before["keptOn"]).filter((one) => one !== node);
    return { ...before, keptOn: keep ? [...others, node] : others };
  });
}

function withOwn(document: Part, model: ModelId, change: (before: Part) => Part): Record<string, unknown> {
  const all = listOf(document["modelOptions"]);
  const isIt = (entry: unknown) => sameName(partOf(entry)["model"], model);
  const after = { model, ...change(partOf(all.find(isIt))) };
  const left = Object.fromEntries(Object.entries(after).filter(([, value]) => !saysNothing(value)));
  const others = all.filter((entry) => !isIt(entry));
  return { ...document, modelOptions: Object.keys(left).length > 1 ? [...others, left] : others };
}

function saysNothing(value: unknown): boolean {
  return value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0);
}
