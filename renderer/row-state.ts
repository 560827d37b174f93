// What a request is to a person: the phase it is in while it runs, its outcome after.
import type { RequestRow } from "../src-core/contract/route.ts";
import { words } from "./language/words.ts";
import type { Tone } from "./tone.ts";

export interface RowState {
  readonly word: string;
  readonly tone: Tone;
}

const { phases, outcomes } = words.vocabulary;

/** A request's phase while it runs, its outcome after. */
export function rowState(row: RequestRow): RowState {
  if (row.phase !== "done") {
    const isPlaced = row.phase === "queued" && row.position !== undefined;
    return { word: isPlaced ? outcomes.queuedAt(row.position) : phases[row.phase], tone: "busy" };
  }
  switch (row.outcome) {
    case "ok":
      return { word: outcomes.ok, tone: "ok" };
    case "incomplete":
      return { word: outcomes.incomplete, tone: "bad" };
    case "client-gone":
      return { word: outcomes.clientGone, tone: "off" };
    default:
      return { word: outcomes.failed(row.status), tone: "bad" };
  }
}
