// Workers that die at their work, through the whole gateway and a real nats-server: long jobs are waited for, a crash costs one delivery more, and a
// job that ends its workers ends itself before it has ended them all.
import { describe, expect, it } from "vitest";
import { NodeId } from "../../src-core/contract/ids.ts";
import { fastClock } from "../support/fast-clock.ts";
import { startHome } from "../support/gateway.ts";
import { type NatsServer, natsMissing, startNatsServer } from "../support/nats-server.ts";
import { PlainWorker } from "../support/plain-worker.ts";
import { startStreamWorker } from "../support/stream-worker.ts";
import { call, chat } from "./caller.ts";

const chats = "/v1/chat/completions";
const model = "qwen3:14b";

/** Time by rule passes faster here. More attempts are allowed than a poisoned job may have. */
const house = (server: NatsServer, ids: readonly string[], times = 50) =>
  startHome({
    nodes: {},
    clock: fastClock(times),
    config: {
      policy: ["name"],
      polling: { activeSeconds: 3600, idleSeconds: 3600, timeoutSeconds: 300 },
      requests: { maxAttempts: 10, deadlineSeconds: 3600, firstByteSeconds: 1800 },
      nodes: ids.map((id) => ({ id: NodeId.parse(id), kind: "nats-worker" as const, nats: server.url })),
    },
  });

/** Ends as a process does that crashes: its connection is gone, and it answered nothing. */
async function crash(worker: { readonly connection: { close(): Promise<void> } } | undefined): Promise<undefined> {
  await worker?.connection.close();
  return undefined;
}

describe.skipIf(natsMissing !== undefined)("workers that die at their work", () => {
  it("F68: a job that takes longer than any silence is waited for while its worker answers other questions, and is asked for once", async () => {
    const server = await startNatsServer();
    const done = Promise.withResolvers<object>();
    const worker = await PlainWorker.start(server.url, "beast", { work: () => done.promise });
    const home = await house(server, ["beast"]);
    const looks = Promise.withResolvers<void>();
    let left = 12;
    worker.connection.subscribe("node.beast.capabilities.get", {
      callback: () => {
        left -= 1;
        if (left === 0) looks.resolve();
      },
    });
    const answer = call(home.url, chats, chat(model));
    await Promise.race([looks.promise, answer]);
    done.resolve({ status: "ok", result: { text: "at last" } });
    expect((await answer).text).toContain("at last");
    expect(worker.jobs).toHaveLength(1);
  });

  it("F68: a worker that crashes at a job costs exactly one more delivery, to the next worker and under the same key", async () => {
    const server = await startNatsServer();
    const first: PlainWorker = await PlainWorker.start(server.url, "a", { work: () => crash(first) });
    const second = await PlainWorker.start(server.url, "b");
    const home = await house(server, ["a", "b"]);
    const answer = await call(home.url, chats, chat(model));
    expect(answer.text).toContain("b says hello");
    expect([first.jobs.length, second.jobs.length]).toEqual([1, 1]);
    expect(second.jobs[0]?.["idempotency_key"]).toBe(first.jobs[0]?.["idempotency_key"]);
  });

  it("F69: a job that ends every worker it is given to is given to three, then told as what it is, and other jobs go on", async () => {
    const server = await startNatsServer();
    const ids = ["a", "b", "c", "d", "e"];
    const workers = new Map<string, PlainWorker>();
    for (const id of ids) {
      const work = (job: { readonly payload: object }) =>
        JSON.stringify(job.payload).includes("poison") ? crash(workers.get(id)) : { status: "ok", result: { text: `${id} is well` } };
      workers.set(id, await PlainWorker.start(server.url, id, { work }));
    }
    const home = await house(server, ids);
    const poison = await call(home.url, chats, { model, messages: [{ role: "user", content: "poison" }] });
    expect(poison.status).toBe(502);
    expect(poison.json).toMatchObject({ error: { message: expect.stringContaining("given to workers 3 times") } });
    expect(ids.map((id) => workers.get(id)?.jobs.length)).toEqual([1, 1, 1, 0, 0]);
    expect(home.homeport.engine.chronicle.activity.latest(1)[0]).toMatchObject({
      outcome: "failed",
      failure: { lost: 3 },
      attempts: [{ node: "a", failure: { lost: 1 } }, { node: "b" }, { node: "c" }],
    });
    expect((await call(home.url, chats, chat(model))).text).toContain("d is well");
  });

  it("F69: the same over streams, where a worker is lost by its silence", async () => {
    const server = await startNatsServer();
    const calls: string[] = [];
    for (const id of ["a", "b", "c", "d"])
      await startStreamWorker(server.url, id, {
        models: [{ name: model, state: "warm", can: ["chat"] }],
        serve: (streamed) => {
          calls.push(id);
          streamed.open();
        },
      });
    // A worker has five seconds by rule to open a call, on a busy machine too.
    const home = await house(server, ["a", "b", "c", "d"], 10);
    const answer = await call(home.url, chats, chat(model));
    expect(answer.json).toMatchObject({ error: { message: expect.stringContaining("given to workers 3 times") } });
    expect(calls).toEqual(["a", "b", "c"]);
  });
});
