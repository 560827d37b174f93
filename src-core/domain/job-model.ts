// Which model does a job that names none: the first of those it prefers that is here, else the best of the type it needs. Names are compared whole,
// never by substring (source-systems.md 1.4; its gap in 1.10 is not inherited).
import type { Fleet, ModelEntry, Node } from "../contract/fleet.ts";
import type { ModelId } from "../contract/ids.ts";
import type { JobType } from "../contract/jobs.ts";
import type { ModelType } from "../contract/routing.ts";
import { catalogued } from "./catalogue.ts";
import { entryOn } from "./inventory.ts";
import { standIn, typeOf } from "./model-types.ts";
import { canonicalName } from "./names.ts";
import type { World } from "./world.ts";

/** What each kind of job is done by, best first. Reading text off a picture is prompted vision; nothing routed here speaks, listens or paints. */
const doneBy: Readonly<Record<JobType, readonly ModelType[]>> = {
  llm: ["llm"],
  vision: ["vision"],
  ocr: ["ocr", "vision"],
  stt: [],
  tts: [],
  image: [],
};

/** Undefined: nothing here can do it. `prefer`: names, best first; `*` ends the list. */
export function modelForJob(type: JobType, prefer: readonly string[], world: Pick<World, "fleet" | "config">): ModelId | undefined {
  const types = doneBy[type];
  if (types.length === 0) return undefined;
  return preferred(prefer, world.fleet) ?? best(types, world);
}

function preferred(prefer: readonly string[], fleet: Fleet): ModelId | undefined {
  for (const name of prefer) {
    if (name === "*") return undefined;
    for (const node of up(fleet)) {
      const entry = entryOn(node, canonicalName(name));
      if (entry !== undefined) return entry.id;
    }
  }
  return undefined;
}

/** Among those in memory if any is, else among all: the one of the nearest type, then the largest. */
function best(types: readonly ModelType[], world: Pick<World, "fleet" | "config">): ModelId | undefined {
  const able = up(world.fleet)
    .flatMap((node) => Object.entries(node.models))
    .map(([key, entry]) => ({ entry, rank: rankOf(types, key, entry, world) }))
    .filter(({ rank }) => rank !== undefined);
  const running = able.filter(({ entry }) => entry.residency.state === "warm");
  const [first] = (running.length > 0 ? running : able).toSorted(
    (a, b) => (a.rank ?? 0) - (b.rank ?? 0) || (b.entry.bytes ?? 0) - (a.entry.bytes ?? 0),
  );
  return first?.entry.id;
}

function rankOf(types: readonly ModelType[], key: string, entry: ModelEntry, world: Pick<World, "config">): number | undefined {
  const type = typeOf(entry, catalogued(key, world));
  const ranks = types.map((required, at) => [at, standIn(required, type)] as const).find(([, rank]) => rank !== undefined);
  return ranks === undefined ? undefined : ranks[0] * 10 + (ranks[1] ?? 0);
}

function up(fleet: Fleet): readonly Node[] {
  return Object.values(fleet.nodes).filter((node) => node.enabled && node.health.state !== "down");
}
