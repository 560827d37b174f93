// Reranking through the whole gateway: one shape, passed as it is, checked at the door, and asked only of nodes that can.
import { expect, it } from "vitest";
import { NodeId } from "../../src-core/contract/ids.ts";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { call } from "./caller.ts";

const ranker: HomeNode = { kind: "llama-server", models: [{ name: "ranker", warm: true, capabilities: ["rerank"] }] };
const ask = { model: "ranker", query: "a cat", documents: ["tax law", "a cat", "a cat and a dog"] };

function asked(home: Awaited<ReturnType<typeof startHome<"studio">>>): readonly string[] {
  return home
    .at("studio")
    .record.requests.filter(({ inference }) => inference)
    .map(({ path }) => path);
}

it("a llama-server ranks: the answer passes as it came, under both paths, with what it read in the books", async () => {
  const home = await startHome({ nodes: { studio: ranker } });
  for (const path of ["/v1/rerank", "/rerank"]) {
    const answer = await call(home.url, path, { ...ask, top_n: 2 });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      model: "ranker",
      results: [{ index: 1, relevance_score: expect.any(Number) }, { index: expect.any(Number) }],
      usage: { total_tokens: expect.any(Number) },
    });
    expect(answer.headers).toMatchObject({ "x-homeport-node": "studio" });
    expect(answer.headers["x-homeport-translated"]).toBeUndefined();
  }
  expect(asked(home)).toEqual(["/v1/rerank", "/rerank"]);
  const { usage, facts } = await home.happened("request-finished");
  expect([facts.task, usage]).toMatchObject(["rerank", { tokensIn: expect.any(Number), estimated: false }]);
});

it("a vLLM ranks, tells one sum of tokens, and gives the documents back", async () => {
  const home = await startHome({
    nodes: { studio: { kind: "openai-compatible", models: [{ name: "ranker", warm: true, capabilities: ["rerank"] }] } },
  });
  const answer = await call(home.url, "/v1/rerank", { ...ask, documents: ask.documents.map((text) => ({ text })), return_documents: true });
  expect(answer.json).toMatchObject({ results: [{ index: 1, document: { text: "a cat" } }, {}, {}] });
  expect((await home.happened("request-finished")).usage).toMatchObject({ tokensIn: expect.any(Number), estimated: false });
});

it.each([
  [{ query: undefined }, "query"],
  [{ query: "" }, "query"],
  [{ query: ["a"] }, "query"],
  [{ documents: undefined }, "documents"],
  [{ documents: [] }, "documents"],
  [{ documents: "a" }, "documents"],
  [{ documents: ["a", 5] }, "documents.1"],
  [{ documents: ["a", null] }, "documents.1"],
  [{ documents: undefined, texts: [] }, "texts"],
  [{ top_n: 0 }, "top_n"],
  [{ top_n: -1 }, "top_n"],
  [{ top_n: 1.5 }, "top_n"],
  [{ top_n: "2" }, "top_n"],
  [{ return_documents: "yes" }, "return_documents"],
])("S-29: %j is a 400 naming %s, and no node hears of it", async (wrong, param) => {
  const home = await startHome({ nodes: { studio: ranker } });
  const answer = await call(home.url, "/v1/rerank", { ...ask, ...wrong });
  expect([answer.status, answer.json]).toMatchObject([400, { error: { type: "invalid_request_error", param } }]);
  expect(asked(home)).toEqual([]);
});

it("a long list of documents is not one long prompt", async () => {
  const home = await startHome({
    nodes: { studio: { kind: "llama-server", models: [{ name: "ranker", warm: true, capabilities: ["rerank"], contextTokens: 512 }] } },
  });
  const documents = Array.from({ length: 300 }, (_, i) => `${i} `.repeat(40));
  expect((await call(home.url, "/v1/rerank", { ...ask, documents })).status).toBe(200);
});

it("demands 3.15: Ollama has no reranking and Anthropic neither: no candidates, whatever they list", async () => {
  const home = await startHome({
    nodes: {
      studio: { kind: "ollama", models: [{ name: "ranker", warm: true }] },
      sky: { kind: "anthropic", key: "k", models: [{ name: "ranker", warm: true }], declares: { key: { env: "SKY" } } },
    },
    config: { cloud: { allowed: true } },
    env: { SKY: "k" },
  });
  const answer = await call(home.url, "/v1/rerank", ask);
  expect([answer.status, answer.text]).toEqual([400, expect.stringContaining("rerank")]);
  for (const id of ["studio", "sky"] as const) expect(home.at(id).record.requests.filter(({ inference }) => inference)).toEqual([]);
});

it("a llama-server started without reranking says so once; the request goes to the next, and later ones go there at once", async () => {
  const home = await startHome({
    nodes: { without: { kind: "llama-server", models: [{ name: "ranker", warm: true, capabilities: ["completion"] }] }, studio: ranker },
  });
  const first = await call(home.url, "/v1/rerank", ask);
  expect([first.status, first.headers["x-homeport-node"], first.headers["x-homeport-attempts"]]).toEqual([200, "studio", "2"]);
  await home.homeport.engine.poller.probe(NodeId.parse("without"));
  expect(home.entry("without", "ranker")?.can).not.toContain("rerank");
  expect((await call(home.url, "/v1/rerank", ask)).headers["x-homeport-attempts"]).toBe("1");
});

it("where nobody was started for it, the client hears what the server said", async () => {
  const home = await startHome({
    nodes: { studio: { kind: "llama-server", models: [{ name: "ranker", warm: true, capabilities: ["completion"] }] } },
  });
  const answer = await call(home.url, "/v1/rerank", ask);
  expect([answer.status, answer.json]).toMatchObject([
    501,
    { error: { code: "unsupported", message: expect.stringContaining("--reranking") } },
  ]);
});
