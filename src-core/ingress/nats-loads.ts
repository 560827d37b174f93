// Loads and unloads that come over NATS. Who asked for a load may give it up by its `load_id`: the load ends with the last who waits for it, and
// a model that is in memory by then stays there, since nobody asked for it to leave.
import { type Failure, fail } from "../contract/failure.ts";
import { type ModelDone, ModelWish } from "../contract/jobs.ts";
import { parsed } from "../dialects/shapes.ts";
import type { WorkerGate } from "./nats-gate.ts";

const longestError = 2_000;

export class NatsLoads {
  readonly #gate: WorkerGate;
  /** How each load under way is given up, by the name that its sender gave it. */
  readonly #underWay = new Map<string, () => void>();

  constructor(gate: WorkerGate) {
    this.#gate = gate;
  }

  /** Answered when the model is in memory, or why it is not. */
  async load(data: Uint8Array): Promise<ModelDone> {
    const wish = wishIn(data);
    if (wish === undefined) return noWish;
    const { model, context_tokens: contextTokens, load_id: id } = wish;
    const failure = await this.#gate.load(model, contextTokens, (leave) => {
      if (id !== undefined) this.#underWay.set(id, leave);
    });
    if (id !== undefined) this.#underWay.delete(id);
    return answerOf(failure);
  }

  /** With a `load_id` only that load is given up. */
  async unload(data: Uint8Array): Promise<ModelDone> {
    const wish = wishIn(data);
    if (wish === undefined) return noWish;
    if (wish.load_id === undefined) return answerOf(await this.#gate.unload(wish.model));
    const leave = this.#underWay.get(wish.load_id);
    if (leave === undefined) return answerOf(fail("not-found", "That load has ended already."));
    leave();
    return { ok: true };
  }
}

const noWish: ModelDone = { ok: false, error: "The wish names no model.", kind: "invalid-request" };

function wishIn(data: Uint8Array): ModelWish | undefined {
  return ModelWish.safeParse(parsed(Buffer.from(data).toString("utf8"))).data;
}

function answerOf(failure: Failure | undefined): ModelDone {
  return failure === undefined ? { ok: true } : { ok: false, error: failure.message.slice(0, longestError), kind: failure.kind };
}
