// Which context a model is loaded or called with where clients ask for different ones. A reload costs minutes and is an action of its own, never the
// side effect of a request: a smaller wish never causes one (demands.md 3.12).
import type { Config } from "../contract/config.ts";
import type { Node } from "../contract/fleet.ts";
import type { ContextGuard } from "../contract/routing.ts";
import { catalogued } from "./catalogue.ts";
import { entryOn, own } from "./inventory.ts";

export interface GuardedContext {
  /** What to ask the node for; absent: nothing, it takes its own. */
  readonly contextTokens: number | undefined;
  /** The model is loaded with another context, and the node will load it again. */
  readonly reloads: boolean;
}

/**
 * The context to use. `wanted`: the client's; `loaded`: the one in memory; `configured`: the catalogue's. `fixed` keeps what is loaded and loads what is
 * configured; `at-least` grows and never shrinks; `pass` is the client's wish.
 */
export function contextFor(
  wanted: number | undefined,
  loaded: number | undefined,
  guard: ContextGuard,
  configured: number | undefined,
): GuardedContext {
  const contextTokens = chosen(wanted, loaded, guard, configured);
  return { contextTokens, reloads: loaded !== undefined && contextTokens !== undefined && contextTokens !== loaded };
}

function chosen(wanted: number | undefined, loaded: number | undefined, guard: ContextGuard, configured: number | undefined) {
  switch (guard) {
    case "fixed":
      return loaded ?? configured ?? wanted;
    case "pass":
      return wanted ?? loaded ?? configured;
    case "at-least": {
      // Where it is loaded already, the catalogue's figure is no reason to load it again; only a client's greater need is.
      if (loaded !== undefined) return wanted === undefined || wanted < loaded ? loaded : wanted;
      return wanted === undefined || configured === undefined ? (wanted ?? configured) : Math.max(wanted, configured);
    }
  }
}

/** The same for a model (by canonical name) on a node, by the catalogue's guard; `at-least` where it has none. */
export function contextOn(node: Node | undefined, key: string, wanted: number | undefined, config: Config): GuardedContext {
  const catalogue = catalogued(key, { config });
  const entry = node === undefined ? undefined : entryOn(node, key);
  const loaded = entry?.residency.state === "warm" ? entry.contextTokens : undefined;
  return contextFor(wanted, loaded, catalogue?.contextGuard ?? "at-least", catalogue?.contextTokens);
}

/**
 * The context a call must carry so that it reloads nothing; undefined where the call is right as it is. A call that names none would be served with the
 * server's own default, which is another one only where this model was loaded otherwise here.
 */
export function contextToCarry(node: Node, key: string, wanted: number | undefined, config: Config): number | undefined {
  if (node.kind !== "ollama") return undefined;
  if (wanted === undefined && !wasLoadedOtherwise(node, key, config)) return undefined;
  const { contextTokens, reloads } = contextOn(node, key, wanted, config);
  return reloads || contextTokens === wanted ? undefined : contextTokens;
}

/** Tokens are estimated from characters; only a prompt that is over by more than the estimate's error is too long for sure. */
const estimateError = 1.25;

export function isOverContext(promptTokens: number, contextTokens: number): boolean {
  return promptTokens > contextTokens * estimateError;
}

/** The context that a call will meet on a node: the loaded one, or the one it will be loaded with. Undefined where nobody knows. `wanted`: the client's. */
export function contextMet(node: Node, key: string, wanted: number | undefined, config: Config): number | undefined {
  const entry = entryOn(node, key);
  const most = entry?.maxContextTokens;
  const loaded = entry?.residency.state === "warm" ? entry.contextTokens : undefined;
  // Of the others none is told a context; one that is loaded has the one it tells.
  if (node.kind !== "ollama") return loaded ?? most ?? catalogued(key, { config })?.contextTokens;
  const { contextTokens } = contextOn(node, key, wanted, config);
  return contextTokens === undefined || most === undefined ? contextTokens : Math.min(contextTokens, most);
}

function wasLoadedOtherwise(node: Node, key: string, config: Config): boolean {
  if (catalogued(key, { config })?.contextTokens !== undefined) return true;
  if (entryOn(node, key)?.contextAsked === true) return true;
  const footprints = own(node.history, key)?.footprints;
  return footprints !== undefined && Object.keys(footprints).length > 1;
}
