// Finding workers at the NATS server of the settings: only on request, only proposals, and only those who answer on their own subject.
import { describe, expect, it } from "vitest";
import { nodeAddress } from "../../src-core/contract/nats.ts";
import { startHome } from "../support/gateway.ts";
import { natsMissing, startNatsServer } from "../support/nats-server.ts";
import { PlainWorker } from "../support/plain-worker.ts";
import { startStreamWorker } from "../support/stream-worker.ts";

const wish = { sources: ["workers"] };

describe.skipIf(natsMissing !== undefined)("finding workers", () => {
  it("apis.md 8, S-44: every worker that answers is offered with what adding it needs; none is added by itself", async () => {
    const server = await startNatsServer();
    await PlainWorker.start(server.url, "plain");
    await startStreamWorker(server.url, "beast");
    const home = await startHome({ nodes: {}, config: { nats: { url: server.url } } });
    const reply = await home.homeport.dispatch("discover", wish);
    expect(reply).toMatchObject({
      ok: true,
      output: {
        found: expect.arrayContaining([
          expect.objectContaining({
            kind: "nats-worker",
            label: "Worker beast",
            models: 1,
            url: `${server.url}/node.beast`,
          }),
          expect.objectContaining({ label: "Worker plain (takes jobs, does not stream)" }),
        ]),
      },
    });
    expect(home.homeport.engine.config.nodes).toEqual([]);
    const added = await home.homeport.dispatch("addNode", { id: "beast", kind: "nats-worker", ...nodeAddress(`${server.url}/node.beast`) });
    expect(added).toMatchObject({ ok: true });
    await home.until(({ nodes }) => nodes["beast"]?.health.state === "up");
    const again = await home.homeport.dispatch("discover", wish);
    expect(again).toMatchObject({ output: { found: expect.arrayContaining([expect.objectContaining({ known: "beast" })]) } });
  });

  it("S-93: one that claims another's name is not offered", async () => {
    const server = await startNatsServer();
    await PlainWorker.start(server.url, "liar", { claims: "beast" });
    const home = await startHome({ nodes: {}, config: { nats: { url: server.url } } });
    expect(await home.homeport.dispatch("discover", wish)).toMatchObject({ output: { found: [] } });
  });

  it("without a server in the settings, or with one that is away, the search says so", async () => {
    const server = await startNatsServer({ down: true });
    const saysOf = async (config: object) => {
      const home = await startHome({ nodes: {}, config });
      await home.homeport.dispatch("discover", wish);
      return home.homeport.snapshot().search?.sources[0];
    };
    expect(await saysOf({})).toMatchObject({ state: "failed", says: expect.stringContaining("name no NATS server") });
    expect(await saysOf({ nats: { url: server.url } })).toMatchObject({
      state: "failed",
      says: expect.stringContaining("cannot be reached"),
    });
  });
});
