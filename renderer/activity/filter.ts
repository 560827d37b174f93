// Which requests are shown: a text, and exact choices of model, node, client, outcome and place. What can be chosen comes from the rows themselves.
import type { RequestRow } from "../../src-core/contract/route.ts";
import { byName } from "../format.ts";
import { rowState } from "../row-state.ts";

export type Shown = "all" | "running" | "answered" | "failed";
export type WhereShown = "home" | "cloud";

/** An empty word chooses everything. */
export interface ActivityFilter {
  readonly text: string;
  readonly show: Shown;
  readonly model: string;
  readonly node: string;
  readonly client: string;
  readonly place: "" | WhereShown;
}

export const noFilter: ActivityFilter = { text: "", show: "all", model: "", node: "", client: "", place: "" };

/** Whether anything is chosen at all. */
export function isFiltered({ text, show, model, node, client, place }: ActivityFilter): boolean {
  return text.trim() !== "" || show !== "all" || model !== "" || node !== "" || client !== "" || place !== "";
}

/** Models offered to choose from at most: a list of hundreds is searched by typing instead. */
const mostChoices = 200;

function isShown(row: RequestRow, show: Shown): boolean {
  switch (show) {
    case "all":
      return true;
    case "running":
      return row.phase !== "done";
    case "answered":
      return row.phase === "done" && row.outcome === "ok";
    case "failed":
      return rowState(row).tone === "bad";
  }
}

const touched = (row: RequestRow, node: string): boolean => row.node === node || row.attempts.some((attempt) => attempt.node === node);

function says(row: RequestRow, wanted: string, nameOf: (node: string) => string): boolean {
  const nodes = [...(row.node === undefined ? [] : [row.node]), ...row.attempts.map(({ node }) => node)];
  return [row.model, row.nodeModel, row.id, row.client, row.agent, row.failure?.message, ...nodes, ...nodes.map(nameOf)].some(
    (text) => text?.toLowerCase().includes(wanted) === true,
  );
}

/** The rows that fit, in their order; the same array where everything does. `nameOf`: what a person calls a node. */
export function filtered(
  rows: readonly RequestRow[],
  filter: ActivityFilter,
  nameOf: (node: string) => string = (node) => node,
): readonly RequestRow[] {
  const { show, model, node, client, place } = filter;
  const wanted = filter.text.trim().toLowerCase();
  if (!isFiltered(filter)) return rows;
  return rows.filter(
    (row) =>
      isShown(row, show) &&
      (model === "" || row.model === model) &&
      (node === "" || touched(row, node)) &&
      (client === "" || row.client === client) &&
      (place === "" || (row.place === "cloud") === (place === "cloud")) &&
      (wanted === "" || says(row, wanted, nameOf)),
  );
}

export interface Choices {
  readonly models: readonly string[];
  readonly nodes: readonly string[];
  readonly clients: readonly string[];
  readonly hasCloud: boolean;
}

/** What the rows hold to choose from, by name. A list of one is no choice, and empty. */
export function choicesOf(rows: readonly RequestRow[]): Choices {
  const models = new Set<string>();
  const nodes = new Set<string>();
  const clients = new Set<string>();
  let cloud = 0;
  for (const row of rows) {
    models.add(row.model);
    for (const { node } of row.attempts) nodes.add(node);
    if (row.node !== undefined) nodes.add(row.node);
    if (row.client !== undefined) clients.add(row.client);
    if (row.place === "cloud") cloud += 1;
  }
  const listed = (names: Set<string>, least: number) => (names.size < least ? [] : [...names].sort(byName).slice(0, mostChoices));
  // One client is a choice: others may have come without a name.
  return { models: listed(models, 2), nodes: listed(nodes, 2), clients: listed(clients, 1), hasCloud: cloud > 0 && cloud < rows.length };
}
