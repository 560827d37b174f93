import { expect, test } from "vitest";
import { passageSays } from "../../renderer/dialects.ts";
import { tokens, usd } from "../../renderer/format.ts";
import { isService } from "../../renderer/models.ts";
import { queueOf, queueOn, queueSays, waitingInAll } from "../../renderer/queues.ts";
import { aModel, aNode } from "../support/builders.ts";

const queue = { depth: 3, lanes: { interactive: 3, batch: 0 } };

test("issue 3: a queue is found by the node's own spelling of a model, and never under a name of Object's", () => {
  const queues = { queues: { big: queue } };
  expect(queueOn(queues, aNode("a", [aModel("Big:latest")]), "Big:latest")).toBe(queue);
  expect(queueOn(queues, undefined, "big")).toBe(queue);
  expect(queueOn(queues, aNode("a", [aModel("small")]), "small")).toBeUndefined();
  expect(queueOf(queues, "constructor")).toBeUndefined();
  expect(queueOf({}, "big")).toBeUndefined();
});

test.each([
  [undefined, "3 waiting, how long is unknown"],
  [0, "3 waiting, about 1 s, an estimate"],
  [8_200, "3 waiting, about 8 s, an estimate"],
  [240_000, "3 waiting, about 4 min, an estimate"],
])("issue 3: an expected wait of %s is told as an estimate, without figures it cannot stand for: “%s”", (expectedWaitMs, says) => {
  expect(queueSays(expectedWaitMs === undefined ? queue : { ...queue, expectedWaitMs })).toBe(says);
});

test("issue 3: everybody who waits is counted, and nobody is where there are no queues", () => {
  expect(waitingInAll({ queues: { a: queue, b: { ...queue, depth: 2 } } })).toBe(5);
  expect(waitingInAll({})).toBe(0);
});

test("issue 4: what goes on in the client's own dialect is not called a translation", () => {
  expect(passageSays("openai", undefined)).toBe("OpenAI, passed through");
  expect(passageSays("ollama", "ollama")).toBe("Ollama, passed through");
  expect(passageSays("anthropic", "openai")).toBe("Anthropic → OpenAI, translated");
});

test("issue 4: tokens that nobody told are left out, and those we counted say so", () => {
  expect(tokens({ tokensIn: 18_412, tokensOut: 7 })).toBe("18,412 in, 7 out");
  expect(tokens({ tokensOut: 7, tokensEstimated: true })).toBe("~7 out");
  expect(tokens({})).toBe("");
});

test("issue 4: a cost too small to matter is not told in zeros, and what costs nothing is not told as a small sum", () => {
  expect([usd(0.0000059), usd(0.0042), usd(0.0274), usd(0)]).toEqual(["under $0.0001", "$0.0042", "$0.03", "$0.00"]);
});

test("issue 4: a service in the cloud holds no models in a memory of ours; a rented server that loads models does", () => {
  const can = { load: false, unload: false, loadsUnlisted: false, dialects: ["openai"] } as const;
  expect(isService(aNode("skyline", [], { kind: "openai-compatible", place: "cloud", can }))).toBe(true);
  expect(isService(aNode("mini", [], { kind: "openai-compatible", can }))).toBe(false);
  expect(isService(aNode("rented", [], { place: "cloud" }))).toBe(false);
});
