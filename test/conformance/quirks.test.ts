// Every habit of real servers that the simulator knows, met by every official client, whole and streamed: a right answer or a right error, never a
// short answer that looks finished, never a word that the model did not say.
import { describe, expect, it } from "vitest";
import type { SimulatedKind } from "../../src-core/simulator/options.ts";
import { type QuirkName, quirkNames, quirks } from "../../src-core/simulator/quirks.ts";
import { type Home, type HomeNode, startHome } from "../support/gateway.ts";
import { ask, type Client, type Heard, type Question } from "./quirk-clients.ts";

const clients: readonly Client[] = ["openai", "anthropic", "ollama"];
const text = "Grüße vom Hafen, 世界, 🚢 all is well at home.";
const thinking = "Let me look out of the window. ";
const calls = [
  { name: "weather", arguments: { city: "Zürich" } },
  { name: "weather", arguments: { city: "Oslo", days: 3 } },
];

/** How an answer with this habit has to be heard. `refused`: the node's status and envelope; `broken`: half of it, then an error. */
type Row = {
  readonly kinds: readonly SimulatedKind[];
  readonly whole: "answer" | "refused" | "untouched";
  readonly stream: "answer" | "broken" | "untouched";
  /** What the client is told of the node's own words. */
  readonly says?: string;
  /** What a refusal says that is the server's own fault: status 500, and no JSON. */
  readonly fails?: string;
  /** What a refusal says that comes under "200 OK". */
  readonly refuses?: string;
  /** Bytes pass untouched to a client of the node's own dialect: this one thing of them is as the node sent it. */
  readonly asSent?: "finish" | "calls" | "thinking";
};

const sse: readonly SimulatedKind[] = ["openai-compatible", "llama-server"];
const answer = { whole: "answer", stream: "answer" } as const;
const onlyStream = { whole: "untouched", stream: "answer" } as const;
const refused = { whole: "refused", stream: "broken" } as const;
const broken = { whole: "untouched", stream: "broken" } as const;

const rows: Readonly<Record<QuirkName, Row>> = {
  "missing-usage": { kinds: [...sse, "ollama"], ...answer },
  "usage-in-every-chunk": { kinds: sse, ...onlyStream },
  "usage-with-the-finish": { kinds: sse, ...onlyStream },
  "null-usage": { kinds: sse, ...onlyStream },
  "content-null": { kinds: sse, ...onlyStream },
  "role-in-every-chunk": { kinds: sse, ...onlyStream },
  "role-and-content-together": { kinds: sse, ...onlyStream },
  "no-finish-reason": { kinds: sse, ...onlyStream, asSent: "finish" },
  "no-done": { kinds: sse, ...onlyStream },
  "no-blank-line-after-done": { kinds: sse, ...onlyStream },
  "no-space-after-data": { kinds: sse, ...onlyStream },
  "crlf-frames": { kinds: [...sse, "ollama", "anthropic"], ...onlyStream },
  "byte-order-mark": { kinds: [...sse, "ollama", "anthropic"], ...onlyStream },
  "keep-alive-comments": { kinds: [...sse, "anthropic"], ...onlyStream },
  "fake-reasoning-while-loading": { kinds: sse, ...onlyStream, asSent: "thinking" },
  "reasoning-field": { kinds: sse, ...answer },
  "reasoning-content-field": { kinds: sse, ...answer },
  "load-progress-lines": { kinds: ["ollama"], ...onlyStream },
  "done-reason-load": { kinds: ["ollama"], ...answer, asSent: "finish" },
  "done-reason-unload": { kinds: ["ollama"], ...answer, asSent: "finish" },
  "tool-calls-without-index": { kinds: sse, ...onlyStream, asSent: "calls" },
  "tool-arguments-as-object": { kinds: sse, ...answer, asSent: "calls" },
  "tool-calls-in-one-piece": { kinds: sse, ...onlyStream },
  "empty-tool-id": { kinds: [...sse, "ollama"], ...answer, asSent: "calls" },
  "no-tool-id": { kinds: ["ollama"], ...answer, asSent: "calls" },
  "finish-stop-after-tools": { kinds: sse, ...answer, asSent: "finish" },
  "numeric-error-code": { kinds: sse, ...refused, says: "the slot was lost" },
  "flat-vllm-error": { kinds: sse, ...refused, says: "the engine died" },
  "string-error": { kinds: sse, ...refused, says: "the model crashed" },
  "ndjson-error-line": { kinds: ["ollama"], ...broken, says: "unexpected EOF" },
  "error-without-data": { kinds: sse, ...broken, says: "the model crashed" },
  "error-as-named-event": { kinds: sse, ...broken, says: "the model crashed" },
  "error-then-done": { kinds: sse, ...broken, says: "the engine died" },
  "error-beside-choices": { kinds: sse, ...broken, says: "upstream gone" },
  "proxy-error-line": { kinds: ["llama-server"], ...refused, says: "Failed to read connection", fails: "Failed to read connection" },
  "200-with-error": { kinds: sse, whole: "refused", stream: "broken", says: "Failed to load model", refuses: "Unexpected endpoint" },
  "ends-in-silence": { kinds: ["ollama", "llama-server"], ...broken },
  "no-last-line": { kinds: ["ollama", "anthropic"], ...broken },
};

function startWith(named: readonly QuirkName[], kind: SimulatedKind): Promise<Home<"node">> {
  const capabilities = ["completion", "tools", "thinking"] as const;
  const talks = { name: "m", warm: true, capabilities, says: [{ thinking, text, calls: [] }] };
  const calling = { name: "t", warm: true, capabilities, says: [{ thinking: "", text: "", calls }] };
  const models = kind !== "llama-server" ? [talks, calling] : [named.some(usesTools) ? calling : talks];
  const node: HomeNode = { kind, models, quirks: [...named] };
  const service: HomeNode = { ...node, key: "k", declares: { key: { env: "KEY" }, place: "lan" } };
  return startHome({ nodes: { node: kind === "anthropic" ? service : node }, env: { KEY: "k" } });
}

const usesTools = (quirk: QuirkName) => quirk.includes("tool");

/** Clients that a kind speaks itself: its bytes pass to them untouched. */
const own = (kind: SimulatedKind): readonly Client[] =>
  kind === "anthropic" ? ["anthropic"] : kind === "ollama" ? ["ollama", "openai"] : ["openai"];

const finishes: Readonly<Record<Client, readonly [words: string, calls: string]>> = {
  openai: ["stop", "tool_calls"],
  anthropic: ["end_turn", "tool_use"],
  ollama: ["stop", "stop"],
};

/** What is thrown. An answer that was taken for a whole one fails the test. */
async function failureOf(heard: Promise<Heard>): Promise<unknown> {
  const outcome = await heard.then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  );
  if ("answer" in outcome) expect.fail(`It was taken for a whole answer: ${JSON.stringify(outcome.answer)}`);
  return outcome.error;
}

/** All that an SDK's error says: some keep the node's words in a field. */
const wordsOf = (error: unknown) => `${String(error)} ${JSON.stringify(error)}`;

interface Case {
  readonly home: Home<"node">;
  readonly row: Row;
  readonly client: Client;
  readonly passes: boolean;
  readonly question: Omit<Question, "stream">;
}

async function expectAnswer({ row, client, passes, question }: Case, stream: boolean): Promise<void> {
  const heard = await ask[client]({ ...question, stream });
  const asSent = passes ? row.asSent : undefined;
  if (asSent !== "finish") expect(heard.finish).toBe(finishes[client][question.tools ? 1 : 0]);
  if (!question.tools) {
    expect(heard.text).toBe(text);
    expect(asSent === "thinking" ? heard.thinking.slice(-thinking.length) : heard.thinking).toBe(thinking);
  } else if (asSent !== "calls") {
    expect(heard.calls.map(({ name, arguments: told }) => ({ name, arguments: told }))).toEqual(calls);
    if (client !== "ollama") expect(new Set(heard.calls.map(({ id }) => id)).size).toBe(2);
  }
  // A client that waits for usage gets some: the node's, or an estimate.
  if (!passes) expect(heard.tokensOut).toBeGreaterThan(0);
}

async function expectRefusal({ home, row, client, question }: Case): Promise<void> {
  const body = '{"error":{"message":"temperature is out of range"}}';
  if (row.fails !== undefined) home.at("node").fault({ fault: "status", status: 500, body }, { method: "POST" });
  else if (row.refuses === undefined) home.at("node").fault({ fault: "status", status: 422, body }, { method: "POST" });
  const error = await failureOf(ask[client]({ ...question, stream: false }));
  home.at("node").clearFaults();
  expect(wordsOf(error)).toContain(row.fails ?? row.refuses ?? "temperature is out of range");
  const status = error instanceof Error && ("status" in error ? error.status : "status_code" in error && error.status_code);
  // A server's own error passes untouched only where it is the client's fault.
  expect(status).toBe(row.fails === undefined && row.refuses === undefined ? 422 : 502);
}

async function expectBreak({ row, client, question }: Case): Promise<void> {
  let heard = "";
  const onText = (said: string) => {
    heard += said;
  };
  const error = await failureOf(ask[client]({ ...question, stream: true, onText }));
  expect(text.startsWith(heard)).toBe(true);
  if (row.says !== undefined) expect(wordsOf(error)).toContain(row.says);
}

describe.each(quirkNames)("%s", (quirk) => {
  const row = rows[quirk];
  describe.each(row.kinds)(`on %s (${quirks[quirk].from})`, (kind) => {
    it.each(clients)("the official %s client hears what the model said, or what went wrong", async (client) => {
      const home = await startWith([quirk], kind);
      const question = { url: home.url, model: usesTools(quirk) ? "t" : "m", tools: usesTools(quirk) };
      const one: Case = { home, row, client, question, passes: own(kind).includes(client) };
      if (row.whole === "answer") await expectAnswer(one, false);
      if (row.whole === "refused") await expectRefusal(one);
      if (row.stream === "answer") await expectAnswer(one, true);
      if (row.stream === "broken") await expectBreak(one);
      expect(home.errors).toEqual([]);
    });
  });
});

describe("what llama-swap says while it loads", () => {
  const swapping: readonly QuirkName[] = ["200-with-error", "fake-reasoning-while-loading"];

  it.each(clients)("F12: is no first token: a node that fails after it is replaced, and an %s client never knows", async (client) => {
    const model = { name: "m", warm: true, capabilities: ["completion", "thinking"] as const, says: [{ thinking, text, calls: [] }] };
    const home = await startHome({
      nodes: {
        swapping: { kind: "openai-compatible", models: [model], quirks: [...swapping] },
        steady: { kind: "openai-compatible", models: [model] },
      },
    });
    const asked = home.at("swapping").record;
    for (let n = 0; n < 4; n += 1)
      expect(await ask[client]({ url: home.url, model: "m", stream: true, tools: false })).toMatchObject({ text, thinking });
    expect(asked.to("/v1/chat/completions").length).toBeGreaterThan(0);
  });
});
