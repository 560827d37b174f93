import { expect, test } from "vitest";
import type { ConfigDocument } from "../../src-core/contract/config.ts";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { blackholePort } from "../support/full-backlog.ts";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { call, chat, send } from "./caller.ts";

const warm = (...names: string[]): HomeNode => ({
  kind: "ollama",
  models: names.map((name) => ({ name, warm: true, replyTokens: 3 })),
});
const patient: ConfigDocument = { polling: { activeSeconds: 3600, idleSeconds: 3600 } };

test("F01: a refused connection goes to the next node at once, is counted, and the third in a row opens the breaker", async () => {
  const home = await startHome({
    nodes: { attic: warm("m"), den: warm("m") },
    config: { polling: { ...patient.polling, missesBeforeDown: 100 } },
  });
  await home.at("attic").kill();
  const answer = await call(home.url, "/v1/chat/completions", chat("m"));
  expect(answer.headers).toMatchObject({ "x-homeport-node": "den", "x-homeport-attempts": "2" });
  expect(home.node("attic").breaker).toMatchObject({ state: "closed", failures: [expect.any(Number)] });
  // Now the healthy one is preferred; only when it is busy or gone is the other tried again.
  await home.at("den").kill();
  for (let n = 0; n < 3; n++) await call(home.url, "/v1/chat/completions", chat("m"));
  expect(home.node("attic").breaker.state).toBe("open");
  expect(home.node("den").breaker.state).toBe("open");
  const refused = await call(home.url, "/v1/chat/completions", chat("m"));
  expect(refused.status).toBe(503);
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  expect(refused.json).toMatchObject({ error: { reasons: [{ node: "attic" }, { node: "den" }] } });
});

test("F01: a dead node is avoided by every later request, so nobody else pays for it", async () => {
  const home = await startHome({ nodes: { attic: warm("m"), den: warm("m") }, config: patient });
  await home.at("attic").kill();
  await call(home.url, "/v1/chat/completions", chat("m"));
  for (let n = 0; n < 3; n++) {
    const { headers } = await call(home.url, "/v1/chat/completions", chat("m"));
    expect(headers).toMatchObject({ "x-homeport-node": "den", "x-homeport-attempts": "1" });
  }
});

test.runIf(process.platform === "linux")(
  "F02: a host that answers no SYN costs one connect timeout, the lists nothing, and later requests skip it",
  async () => {
    const home = await startHome({ nodes: { attic: warm("m", "only-here"), den: warm("m") }, config: patient });
    const port = Number(new URL(home.at("attic").url).port);
    await home.at("attic").kill();
    await blackholePort(port);
    const began = performance.now();
    const first = send(home.url, "/v1/chat/completions", chat("m"));
    await home.happened("attempt-started", ({ node }) => node === "attic");
    expect(await fastestListMs(home.url)).toBeLessThan(20);
    expect((await call(home.url, "/v1/models")).text).toContain("only-here");
    await first.whole();
    expect(first.headers).toMatchObject({ "x-homeport-node": "den", "x-homeport-attempts": "2" });
    expect(performance.now() - began).toBeLessThan(4_000);
    const { headers } = await call(home.url, "/v1/chat/completions", chat("m"));
    expect(headers["x-homeport-attempts"]).toBe("1");
  },
);

test("F03: an address without a route is a typed failure in words for a person, and delays no other node", async () => {
  // A private network nobody has: no route at once where IPv6 has none, else the connect timeout.
  const attic = { id: NodeId.parse("attic"), kind: "ollama" as const, url: "http://[fd00:db8::1]:11434" };
  const catalogue = [{ model: ModelId.parse("far"), pinnedOn: [attic.id] }];
  const home = await startHome({ nodes: { den: warm("m") }, config: { ...patient, nodes: [attic], catalogue } });
  const far = send(home.url, "/v1/chat/completions", chat("far"));
  expect((await call(home.url, "/v1/chat/completions", chat("m"))).headers["x-homeport-node"]).toBe("den");
  await far.whole();
  expect(far.status).toBe(502);
  expect(far.json).toMatchObject({
    error: { code: "upstream_connection_error", node: "attic", message: expect.stringMatching(/no way to|in time/) },
  });
});

test("F08: a node that accepts and never answers: lists at once, other nodes unaffected, failover at the first-byte limit, breaker", async () => {
  const clock = new FakeClock();
  const home = await startHome({
    nodes: { attic: warm("m"), den: warm("m", "other") },
    clock,
    // The window is far shorter than the wait for a first byte: only a success may clear such failures, or the breaker would never open.
    config: { ...patient, requests: { firstByteSeconds: 10 }, breaker: { windowSeconds: 1 } },
  });
  home.at("attic").fault({ fault: "hang" }, { path: /completions$/ });
  for (let n = 1; n <= 3; n++) {
    const hanging = send(home.url, "/v1/chat/completions", chat("m", { stream: true }));
    const { record } = home.at("attic");
    await record.until(() => record.to("/v1/chat/completions").length === n);
    if (n === 1) await unaffected(home.url);
    clock.advance(11_000);
    await hanging.whole();
    expect(hanging.headers).toMatchObject({ "x-homeport-node": "den", "x-homeport-attempts": "2" });
    expect(hanging.text).toContain("[DONE]");
    expect(home.node("attic").breaker.state).toBe(n < 3 ? "closed" : "open");
    // Suspect for the window, then isolated by its breaker: nobody else waits for it.
    const { headers } = await call(home.url, "/v1/chat/completions", chat("m"));
    expect(headers).toMatchObject({ "x-homeport-node": "den", "x-homeport-attempts": "1" });
    clock.advance(1_000);
  }
});

async function unaffected(url: string): Promise<void> {
  expect(await fastestListMs(url)).toBeLessThan(20);
  expect((await call(url, "/v1/chat/completions", chat("other"))).headers["x-homeport-node"]).toBe("den");
}

/** The best of ten: a list that waited for a node would be slow every time, a busy machine is not. */
async function fastestListMs(url: string): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY;
  for (let n = 0; n < 10; n++) {
    const began = performance.now();
    expect((await call(url, "/v1/models")).status).toBe(200);
    fastest = Math.min(fastest, performance.now() - began);
  }
  return fastest;
}
