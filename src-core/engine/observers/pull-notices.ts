// Tells how fetches of models ended: one notice when a model is on all the nodes it was wished on, one for each that failed (ux.md 4).
import type { Notice } from "../../contract/api.ts";
import type { EngineEvent } from "../../contract/events.ts";
import type { Fleet } from "../../contract/fleet.ts";
import type { ModelFileEvent } from "../../contract/pulls.ts";
import { canonicalName } from "../../domain/names.ts";

/** What took less is no news: whoever asked for it still looks. */
const slowMs = 30_000;

type Finished = Extract<ModelFileEvent, { type: "pull-finished" }>;

export class PullNotices {
  readonly #tell: (notice: Omit<Notice, "id" | "at">) => void;
  /** Nodes that have the model already, by its name, while others still fetch it. */
  readonly #done = new Map<string, { readonly nodes: readonly string[]; readonly longestMs: number }>();

  constructor(tell: (notice: Omit<Notice, "id" | "at">) => void) {
    this.#tell = tell;
  }

  readonly observe = (event: EngineEvent, _before: Fleet, after: Fleet): void => {
    if (event.type === "pull-finished") this.#finished(event, after);
  };

  #finished(event: Finished, fleet: Fleet): void {
    const { node, model, failure, ms } = event;
    const name = fleet.nodes[node]?.name ?? node;
    const key = canonicalName(model);
    if (failure !== undefined && failure.kind !== "cancelled") {
      const title = `${model} was not fetched to ${name}`;
      this.#tell({ kind: "pull-failed", title, body: failure.message, node, urgent: false });
    }
    const { nodes = [], longestMs = 0 } = this.#done.get(key) ?? {};
    const done = failure === undefined ? [...nodes, name] : nodes;
    const longest = failure === undefined ? Math.max(longestMs, ms) : longestMs;
    const goesOn = Object.values(fleet.pulls ?? {}).some((pull) => pull.state !== "failed" && canonicalName(pull.model) === key);
    if (goesOn) this.#done.set(key, { nodes: done, longestMs: longest });
    else {
      this.#done.delete(key);
      if (done.length > 0 && longest > slowMs) this.#tellDone(model, done);
    }
  }

  #tellDone(model: string, nodes: readonly string[]): void {
    const body = nodes.length === 1 ? `It is on ${nodes[0]} now.` : `It is on ${nodes.length} nodes now: ${nodes.join(", ")}.`;
    this.#tell({ kind: "pull-finished", title: `${model} was fetched`, body, urgent: false });
  }
}
