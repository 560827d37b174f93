// The contract's methods about models: load and unload, fetch and delete, and what a person wants of each.
import type { Handlers } from "../contract/api.ts";
import { type Failure, fail } from "../contract/failure.ts";
import type { ModelId, NodeId } from "../contract/ids.ts";
import type { UnloadAfter } from "../contract/model-options.ts";
import { loadChoices } from "../domain/load-choices.ts";
import { isKept, withKept, withModelOptions } from "../domain/model-options.ts";
import { canonicalName } from "../domain/names.ts";
import type { Engine } from "./engine.ts";
import { noSuchNode } from "./node-set.ts";
import type { ConfigSource } from "./ports.ts";

const done = {} as const;
const ended = (failure: Failure | undefined) => (failure === undefined ? done : { failure });

/** The handlers. Options are written by the source of the settings, which validates and saves them. */
export function modelHandlers({ engine, config }: { readonly engine: Engine; readonly config: ConfigSource }) {
  const keep = (node: NodeId, model: ModelId, kept: boolean) => config.update((document) => withKept(document, node, model, kept));
  return {
    load: ({ node, model, force, contextTokens, unloadAfterMinutes }) =>
      engine.caretaker.load(node, model, force ?? false, "user", { contextTokens, keepAlive: keepAliveIn(unloadAfterMinutes) }),
    loadChoices: async ({ model, contextTokens }) => loadChoices(model, contextTokens, engine.store.world()),
    setModelOptions: async ({ model, change }) => ended(await config.update((document) => withModelOptions(document, model, change))),
    keepLoaded: async ({ node, model, keep: kept }) => {
      if (engine.fleet.nodes[node] === undefined) return { failure: noSuchNode(node) };
      return ended(await keep(node, model, kept));
    },
    cancelLoad: async ({ node, model, elsewhere }) => (engine.loader.cancel(node, model, elsewhere) ? done : notLoading(node, model)),
    retryLoad: async ({ node, model }) => (engine.loader.again(node, model) ? done : notLoading(node, model)),
    unload: async ({ node, model }) => {
      // The last word counts: what a person unloads is not loaded again because of an earlier wish.
      const failure = isKept(node, canonicalName(model), engine.config) ? await keep(node, model, false) : undefined;
      return failure === undefined ? ((await engine.models.unload(node, model)) ?? done) : { failure };
    },
    pullModel: async ({ nodes, model }) => {
      const refused = engine.pulls.pull(nodes, model);
      const [first] = refused;
      // Nothing began at all: that is a failure, not an answer.
      return first !== undefined && refused.length === new Set(nodes).size ? { failure: first.failure } : { refused };
    },
    cancelPull: ({ node, model }) => engine.pulls.cancel(node, model),
    removeModel: async ({ node, model }) => ended(await engine.pulls.remove(node, model)),
  } satisfies Partial<Handlers>;
}

function notLoading(node: NodeId, model: ModelId) {
  return { failure: fail("not-found", `${model} is not being loaded on ${node}.`) };
}

function keepAliveIn(wish: UnloadAfter | undefined): string | number | undefined {
  return wish === undefined ? undefined : wish === "never" ? -1 : `${wish}m`;
}
