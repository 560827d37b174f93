import { expect, test } from "vitest";
import { curlOf } from "../../renderer/activity/curl.ts";
import { chosenSays, passedOverSays, traceSays, waitedSays } from "../../renderer/trace-words.ts";
import { fail } from "../../src-core/contract/failure.ts";
import { AttemptId, ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import type { Attempt, RequestRow } from "../../src-core/contract/route.ts";
import { PreferenceName } from "../../src-core/contract/routing.ts";
import { aFleet, aNode, noon } from "../support/builders.ts";

const studio = NodeId.parse("studio");
const beast = NodeId.parse("beast");

function aRow(more: Partial<RequestRow> = {}): RequestRow {
  return {
    id: RequestId.parse("r1"),
    at: noon,
    dialect: "openai",
    task: "chat",
    model: "qwen3:8b",
    stream: true,
    phase: "done",
    node: studio,
    decidedBy: "warm",
    attempts: [],
    ...more,
  };
}

const broken = aNode("beast", [], {
  breaker: {
    state: "open",
    openedAt: noon - 80_000,
    until: noon + 40_000,
    trips: 1,
    because: "connect-failed",
    says: "Nobody answers there.",
  },
});
const fleet = aFleet([aNode("studio"), broken]);
const attempt = (at: number, more: Partial<Attempt> = {}): Attempt => ({
  id: AttemptId.parse(`a${at}`),
  node: beast,
  model: ModelId.parse("qwen3:8b"),
  startedAt: noon + at,
  ...more,
});

test("UX-14: the choice is told as a sentence that names the node and its reason", () => {
  expect(chosenSays(aRow(), fleet)).toBe("studio was chosen because it had the model warm.");
  expect(chosenSays(aRow({ decidedBy: "affinity" }), fleet)).toBe("studio was chosen because this conversation was there before.");
});

test("UX-14: a node that had to load the model is not said to have had it warm", () => {
  expect(chosenSays(aRow({ coldLoadMs: 3_000 }), fleet)).toBe("studio was chosen because it was the most ready.");
});

test("UX-14: every preference there is has a reason of its own, and none shows its code", () => {
  for (const decidedBy of PreferenceName.options)
    expect(chosenSays(aRow({ decidedBy }), fleet), decidedBy).toMatch(/^studio was chosen because (?!of )[a-z]/);
});

test("UX-14: nobody is said to be chosen where nobody was", () => {
  const { node, ...nowhere } = aRow();
  expect(chosenSays(nowhere, fleet)).toBeUndefined();
  expect(chosenSays(aRow({ decidedBy: "none" }), fleet)).toBeUndefined();
});

const because = { node: beast, because: "breaker-open", says: "breaker open for 95 s more: Nobody answers there." };

test("UX-14: a breaker that is still open is told with what it has left now, not with what it had then", () => {
  expect(passedOverSays(because, noon, fleet, noon)).toBe("beast's breaker is open for 40 s more: Nobody answers there.");
  expect(passedOverSays(because, noon, fleet, noon + 30_000)).toContain("open for 10 s more");
});

test("UX-14: a breaker that closed, or that opened only after the request, is told in the words of then", () => {
  expect(passedOverSays(because, noon, aFleet([aNode("beast")]), noon)).toBe(because.says);
  expect(passedOverSays(because, noon - 600_000, fleet, noon)).toBe(because.says);
  expect(passedOverSays(because, noon, fleet, noon + 60_000)).toBe(because.says);
});

test("UX decision 4: only waits that were measured are told, and none is invented", () => {
  expect(waitedSays(aRow())).toBeUndefined();
  expect(waitedSays(aRow({ queuedMs: 2_000, coldLoadMs: 31_000 }))).toBe("It waited 2.0 s in the queue, then 31 s for the model to load.");
});

test("UX-06, UX-14: the trace as text names every attempt and every node that was passed over, each with its reason", () => {
  const failure = fail("connect-failed", "beast refused the connection.");
  const row = aRow({ attempts: [attempt(0, { outcome: "failed", failure }), attempt(90, { node: studio })], rejected: [because] });
  expect(traceSays(row, fleet, noon)).toEqual([
    "studio was chosen because it had the model warm, after 1 failed attempt.",
    "beast was tried: beast refused the connection.",
    "beast was passed over: beast's breaker is open for 40 s more: Nobody answers there.",
  ]);
});

const gateway = { url: "http://127.0.0.1:4663", keyRequired: false };

test("UX-08: copied as curl a request has its path, its form and no words, since none are kept", () => {
  expect(curlOf(aRow({ path: "/v1/chat/completions" }), gateway)).toBe(
    `curl -X POST 'http://127.0.0.1:4663/v1/chat/completions' -H 'content-type: application/json' -d '{"model":"qwen3:8b","stream":true,…}'`,
  );
});

test("UX-08, S-80: a key is never in it, only the name of a variable", () => {
  expect(curlOf(aRow(), { ...gateway, keyRequired: true })).toContain('-H "authorization: Bearer $HOMEPORT_KEY"');
});

test.each([
  [{ dialect: "anthropic" }, "/v1/messages'"],
  [{ dialect: "responses" }, "/v1/responses'"],
  [{ dialect: "ollama" }, "/api/chat'"],
  [{ dialect: "ollama", task: "completion" }, "/api/generate'"],
  [{ task: "embedding" }, "/v1/embeddings'"],
] as const)("UX-08: an old row that does not tell its path gets the usual one: %o", (more, path) => {
  expect(curlOf(aRow(more), gateway)).toContain(path);
});

test("S-85: a model's name cannot leave the quotes of the shell", () => {
  expect(curlOf(aRow({ model: "x'; rm -rf ~; '\n$(id)" }), gateway)).toContain(
    `-d '{"model":"x'\\''; rm -rf ~; '\\''\\n$(id)","stream":true,…}'`,
  );
});
