import { expect, test } from "vitest";
import type { Fault } from "../../src-core/simulator/faults.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { call, chat, hello } from "./caller.ts";

const twin: HomeNode = { kind: "ollama", models: [{ name: "m", warm: true, replyTokens: 3 }] };
const chats = "/v1/chat/completions";

async function twins(fault: Fault, times?: number) {
  const clock = new FakeClock();
  const home = await startHome({
    nodes: { attic: twin, den: twin },
    clock,
    config: { polling: { activeSeconds: 3600, idleSeconds: 3600 } },
  });
  home.at("attic").fault(fault, { path: chats, ...(times === undefined ? {} : { times }) });
  return { home, clock };
}

test("F11: a reset before the answer is tried once elsewhere, and counts", async () => {
  const { home } = await twins({ fault: "reset" });
  const { headers, text } = await call(home.url, chats, chat("m", { stream: true }));
  expect(headers).toMatchObject({ "x-homeport-node": "den", "x-homeport-attempts": "2" });
  expect(text).toContain("[DONE]");
  // Once more on a connection of its own, where the first was an old one that may have died of idleness; never a third time.
  expect(home.at("attic").record.to(chats).length).toBeLessThanOrEqual(2);
  expect(home.node("attic").breaker).toMatchObject({ failures: [expect.any(Number)] });
});

test("F19: an error 500 is tried once elsewhere, and counts", async () => {
  const { home } = await twins({ fault: "status", status: 500, body: '{"error":"something inside broke"}' });
  const { headers, status } = await call(home.url, chats, chat("m"));
  expect([status, headers["x-homeport-node"], headers["x-homeport-attempts"]]).toEqual([200, "den", "2"]);
  expect(home.node("attic").breaker).toMatchObject({ failures: [expect.any(Number)] });
});

test("F19: where everybody answers 500 the client gets one 502 that says what the node said, not a chain of retries", async () => {
  const home = await startHome({ nodes: { attic: twin } });
  home.at("attic").fault({ fault: "status", status: 500, body: '{"error":"the fan is loud"}' }, { path: chats });
  const answer = await call(home.url, chats, chat("m"));
  expect(answer.status).toBe(502);
  expect(answer.json).toMatchObject({ error: { node: "attic", message: expect.stringContaining("the fan is loud") } });
  expect(home.at("attic").record.to(chats).length).toBe(1);
});

test("F20: a node that fails fast does not draw the traffic: after three failures it gets none, and everybody is served", async () => {
  const { home } = await twins({ fault: "status", status: 503, body: "{}" });
  for (let n = 0; n < 40; n++) expect((await call(home.url, chats, chat("m"))).status).toBe(200);
  expect(home.at("attic").record.to(chats).length).toBe(3);
  expect(home.node("attic").breaker.state).toBe("open");
});

test("F21: a 429 sends the request elsewhere, counts nothing, keeps the pause the node asked for, and then resumes", async () => {
  const { home, clock } = await twins({ fault: "status", status: 429, body: "{}", headers: { "retry-after": "30" } }, 1);
  expect((await call(home.url, chats, chat("m"))).headers["x-homeport-node"]).toBe("den");
  expect(home.node("attic")).toMatchObject({
    health: { state: "paused", because: "rate-limited", until: clock.now() + 30_000 },
    breaker: { state: "closed", failures: [] },
  });
  clock.advance(29_000);
  expect((await call(home.url, chats, chat("m"))).headers).toMatchObject({ "x-homeport-node": "den", "x-homeport-attempts": "1" });
  clock.advance(1_000);
  await home.homeport.engine.poller.probe(home.node("attic").id);
  expect((await call(home.url, chats, chat("m"))).headers["x-homeport-node"]).toBe("attic");
});

test("F21: where the only node asks for a pause the client gets the wait, and the node no second request", async () => {
  const home = await startHome({ nodes: { attic: twin }, clock: new FakeClock() });
  home.at("attic").fault({ fault: "status", status: 429, body: "{}", headers: { "retry-after": "30" } }, { path: chats });
  expect((await call(home.url, chats, chat("m"))).headers["retry-after"]).toBe("30");
  const again = await call(home.url, chats, chat("m"));
  expect([again.status, again.headers["retry-after"]]).toEqual([503, "30"]);
  expect(home.at("attic").record.to(chats).length).toBe(1);
});

test("F22: a model that the node no longer has: its list is read again, another node answers, and nothing counts", async () => {
  const { home } = await twins({ fault: "status", status: 404, body: '{"error":{"message":"model \'m\' not found"}}' }, 1);
  const lists = home.at("attic").record.to("/api/tags").length;
  const { headers } = await call(home.url, chats, chat("m"));
  expect(headers).toMatchObject({ "x-homeport-node": "den", "x-homeport-attempts": "2" });
  const { record } = home.at("attic");
  await record.until(() => record.to("/api/tags").length > lists);
  expect(home.node("attic").breaker).toMatchObject({ failures: [] });
});

test("F22: a model nobody has any more is a 404 that names what is near", async () => {
  const home = await startHome({ nodes: { attic: { kind: "ollama", models: [{ name: "qwen3:8b", warm: true }] } } });
  home.at("attic").fault({ fault: "status", status: 404, body: '{"error":{"message":"model \'qwen3:8b\' not found"}}' }, { path: chats });
  const answer = await call(home.url, chats, chat("qwen3:8b"));
  expect(answer.status).toBe(404);
  expect((await call(home.url, chats, chat("qwen3"))).json).toMatchObject({ error: { code: "model_not_found", near: ["qwen3:8b"] } });
});

test("F23: a 400 of the node reaches the client as it is, status and bytes; it is not retried and counts nothing", async () => {
  const body = '{"error":{"message":"[] is too short - \'messages\'","type":"invalid_request_error","param":null,"code":null}}\n';
  const { home } = await twins({ fault: "status", status: 400, body });
  const answer = await call(home.url, chats, chat("m"));
  expect([answer.status, answer.text]).toEqual([400, body]);
  expect(answer.headers).toMatchObject({ "x-homeport-node": "attic", "x-homeport-attempts": "1", "content-type": "application/json" });
  expect(home.at("den").record.to(chats).length).toBe(0);
  expect(home.node("attic").breaker).toMatchObject({ failures: [] });
});

test.each([413, 422])("F23: so does a %d", async (status) => {
  const { home } = await twins({ fault: "status", status, body: '{"error":"too much"}' });
  const answer = await call(home.url, "/v1/chat/completions", chat("m"));
  expect([answer.status, answer.text, answer.headers["x-homeport-attempts"]]).toEqual([status, '{"error":"too much"}', "1"]);
});

test.each([401, 403])("F24: a %d of the node marks the node, not the client: another answers, and its words stay here", async (status) => {
  const { home } = await twins({ fault: "status", status, body: '{"error":"key sk-node-1234 is not valid"}' });
  expect((await call(home.url, chats, chat("m"))).headers["x-homeport-node"]).toBe("den");
  expect(home.node("attic").health).toMatchObject({ state: "paused", because: "misconfigured" });
  await home.config.update((document) => ({ ...document, nodes: Array.isArray(document["nodes"]) ? document["nodes"].slice(0, 1) : [] }));
  const alone = await call(home.url, chats, chat("m"));
  expect(alone.status).toBe(503);
  expect(alone.text).not.toContain("sk-node");
});

test("F24: the one node refuses our key: the client gets 502, not a 401 that would make it ask for its own key", async () => {
  const home = await startHome({ nodes: { attic: twin } });
  home.at("attic").fault({ fault: "status", status: 401, body: '{"error":"key sk-node-1234 is not valid"}' }, { path: chats });
  const answer = await call(home.url, chats, chat("m"));
  expect(answer.status).toBe(502);
  expect(answer.text).not.toContain("sk-node");
});

test.each([
  ["in a 500", { fault: "status", status: 500, body: '{"error":"llama-server reported out-of-memory during startup: cudaMalloc failed"}' }],
  ["in a 200", { fault: "status", status: 200, body: '{"error":"CUDA error: out of memory"}' }],
] as const)("F25: out of memory %s sets the model aside on that node, not the node, and another answers", async (_, fault) => {
  const { home } = await twins(fault);
  expect((await call(home.url, chats, chat("m"))).headers).toMatchObject({ "x-homeport-node": "den", "x-homeport-attempts": "2" });
  expect(home.entry("attic", "m")?.setAside).toMatchObject({ failure: { kind: "out-of-memory" } });
  expect(home.node("attic").breaker).toMatchObject({ failures: [] });
});

test("F25: a model that fits nowhere costs at most two loads per request, however many nodes list it", async () => {
  const small: HomeNode = { kind: "ollama", models: [{ name: "huge", loadFault: { fault: "out-of-memory" } }] };
  const home = await startHome({ nodes: { attic: small, den: small, shed: small } });
  const answer = await call(home.url, chats, chat("huge"));
  expect(answer.status).toBe(503);
  expect(answer.json).toMatchObject({ error: { code: "insufficient_memory" } });
  const loads = (["attic", "den", "shed"] as const).map((id) => home.at(id).record.loads["huge"] ?? 0);
  expect(loads.reduce((sum, count) => sum + count, 0)).toBe(2);
});

test("F26: a redirect of a node is a fault of the node and is not followed", async () => {
  const { home } = await twins({ fault: "redirect", location: `http://127.0.0.1:1/secret` });
  expect((await call(home.url, chats, chat("m"))).headers["x-homeport-node"]).toBe("den");
});

test("F27: a web page instead of an answer (captive portal, wrong port) is a failure, not an answer", async () => {
  const { home } = await twins({ fault: "html", status: 200 });
  const answer = await call(home.url, "/api/chat", { model: "m", messages: hello });
  expect(answer.headers["x-homeport-node"]).toBe("attic");
  expect((await call(home.url, chats, chat("m"))).headers["x-homeport-node"]).toBe("den");
});
