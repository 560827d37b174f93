// Loads asked for over NATS and given up again, on a real nats-server and a plain client: issue 5, load and unload subjects.
import { describe, expect, it } from "vitest";
import { natsMissing, startNatsServer } from "../support/nats-server.ts";
import { plainClient, startTestWorker } from "../support/test-worker.ts";

const hour = 3_600_000;

async function house(loadMs: number) {
  const server = await startNatsServer();
  const worker = await startTestWorker({
    nats: server.url,
    runtimes: [{ kind: "ollama", models: [{ name: "llama3.2", bytes: 2e9, loadMs }] }],
  });
  const client = await plainClient(server.url);
  const { record } = worker.runtime;
  const load = (id: string) => client.ask("node.beast.model.load", { model: "llama3.2", load_id: id }, 30_000);
  const giveUp = (id: string) => client.ask("node.beast.model.unload", { model: "llama3.2", load_id: id });
  const loading = () => Object.values(worker.worker.engine.fleet.loads);
  /** Resolves once so many wait for the load. */
  const waited = (waiters: number) =>
    new Promise<void>((resolve) => {
      const look = () => void (loading()[0]?.waiters === waiters && resolve());
      worker.worker.engine.store.observe(look, "changes");
      look();
    });
  return { ...worker, client, record, load, giveUp, loading, waited };
}

describe.skipIf(natsMissing !== undefined)("loads over NATS", () => {
  it("R-9: a load that nobody waits for any longer is ended on the machine, and leaves nothing in its memory", async () => {
    const { load, giveUp, record, runtime, loading } = await house(hour);
    const asked = load("a");
    await record.until(() => record.to("/api/generate").length > 0);
    expect(await giveUp("a")).toEqual({ ok: true });
    expect(await asked).toMatchObject({ ok: false, kind: "cancelled", error: expect.stringContaining("given up") });
    await record.until(() => record.to("/api/generate")[0]?.abortedAt !== undefined);
    expect(loading()).toEqual([]);
    expect(runtime.inMemory).toEqual([]);
  });

  it("R-9: one of two gateways gives its load up, and the other still gets it", async () => {
    const { load, giveUp, record, runtime, waited } = await house(600);
    const [one, other] = [load("a"), load("b")];
    await waited(2);
    expect(await giveUp("a")).toEqual({ ok: true });
    expect(await one).toMatchObject({ ok: false, kind: "cancelled" });
    expect(await other).toEqual({ ok: true });
    expect(record.to("/api/generate")).toHaveLength(1);
    expect(runtime.inMemory.join()).toContain("llama3.2");
  });

  it("R-9: giving up what has ended takes no model out of memory", async () => {
    const { load, giveUp, runtime, client } = await house(0);
    expect(await load("a")).toEqual({ ok: true });
    expect(await giveUp("a")).toMatchObject({ ok: false, kind: "not-found" });
    expect(runtime.inMemory.join()).toContain("llama3.2");
    expect(await client.ask("node.beast.model.unload", { model: "llama3.2" })).toEqual({ ok: true });
    expect(runtime.inMemory).toEqual([]);
  });
});
