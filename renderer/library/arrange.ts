// How the list of models is put in order and in groups. What is pinned stands first, whatever the order.
import { byName } from "../format.ts";
import { words } from "../language/words.ts";
import type { Line } from "./lines.ts";

export const groupings = ["none", "family", "node", "capability"] as const;
export type Grouping = (typeof groupings)[number];
export const orders = ["name", "used"] as const;
export type Order = (typeof orders)[number];

export interface Arrangement {
  readonly group: Grouping;
  readonly order: Order;
}

/** `title` is empty where nothing is grouped. One model may stand in several groups: it lies on several nodes, and can do several things. */
export interface LineGroup {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** `pinned`: canonical names. What the nodes do not tell has a group of its own, at the end. */
export function arranged(lines: readonly Line[], { group, order }: Arrangement, pinned: ReadonlySet<string>): readonly LineGroup[] {
  const rank = (line: Line) => (pinned.has(line.key) ? 0 : 1);
  const used = (line: Line) => (order === "used" ? (line.lastUsedAt ?? 0) : 0);
  const sorted = [...lines].sort((a, b) => rank(a) - rank(b) || used(b) - used(a) || byName(a.key, b.key));
  if (group === "none") return [{ title: "", lines: sorted }];
  const groups = new Map<string, Line[]>();
  for (const line of sorted) {
    for (const title of titlesOf(line, group)) {
      const there = groups.get(title);
      if (there === undefined) groups.set(title, [line]);
      else there.push(line);
    }
  }
  const untold = words.models.arrange.untold[group];
  return [...groups]
    .map(([title, of]) => ({ title, lines: of }))
    .sort((a, b) => Number(a.title === untold) - Number(b.title === untold) || byName(a.title, b.title));
}

function titlesOf({ homes, can }: Line, group: Exclude<Grouping, "none">): readonly string[] {
  const titles = {
    family: () => homes.flatMap(({ entry }) => entry.family ?? []),
    node: () => homes.map(({ node }) => (node.name === "" ? words.vocabulary.kinds[node.kind] : node.name)),
    capability: () => can.map((ability) => words.vocabulary.abilities[ability]),
  }[group]();
  return titles.length === 0 ? [words.models.arrange.untold[group]] : [...new Set(titles)];
}
