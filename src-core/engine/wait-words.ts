// What a stream that waits for a load is told in words, where the settings ask for it (UX-30): the same figure as window and tray show. Off by default,
// because a client may keep what it takes for the model's own reasoning.
import { loadBar } from "../contract/progress.ts";
import { own } from "../domain/inventory.ts";
import { canonicalName } from "../domain/names.ts";
import type { Course } from "./course.ts";
import type { Store } from "./store.ts";

/** One line; undefined where it is switched off, or where no load is what the request waits for. `now`: epoch milliseconds. */
export function waitWords({ decision }: Course, { config, fleet }: Pick<Store, "config" | "fleet">, now: number): string | undefined {
  const candidate = config.loads.tellInReasoning ? decision?.candidates[0] : undefined;
  if (candidate === undefined) return undefined;
  const { node, model } = candidate;
  const load = Object.values(fleet.loads).find((one) => one.node === node && canonicalName(one.model) === canonicalName(model));
  if (load === undefined) return undefined;
  return `Loading ${load.model} on ${own(fleet.nodes, node)?.name ?? node}: ${loadBar(load, now).says}.\n`;
}
