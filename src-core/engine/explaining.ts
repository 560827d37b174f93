// The question "where would this go now?", from a window or a command line, turned into the facts of a request that is never sent.
import type { MethodInput } from "../contract/api.ts";
import type { Failure } from "../contract/failure.ts";
import { NodeId, RequestId } from "../contract/ids.ts";
import type { Explanation, RequestFacts, Task } from "../contract/route.ts";
import { readFacts } from "../dialects/facts.ts";
import { explain } from "../domain/explain.ts";
import { resolve } from "../domain/resolve.ts";
import type { Ahead } from "../domain/session.ts";
import type { World } from "../domain/world.ts";
import { withRule } from "./auto-rule.ts";

type Question = MethodInput<"explain">;

/** Judges the question as the request it describes would be judged at this instant. */
export function explainRequest(question: Question, world: World, aheadOf: Ahead): Explanation | { readonly failure: Failure } {
  const facts = factsOf(question, world);
  if ("kind" in facts) return { failure: facts };
  const resolution = resolve(facts, world);
  if ("kind" in resolution) return { failure: resolution };
  return explain(facts, resolution, world, aheadOf, { policy: question.policy });
}

function factsOf(question: Question, { config, now }: World): RequestFacts | Failure {
  const { model, task = taskOf(question.request), request = {}, profile, agent, localOnly, exclude } = question;
  const parsed = { messages: [], ...request, model };
  const facts = readFacts({
    id: RequestId.parse("explain"),
    at: now,
    route: { dialect: "openai", task, streams: false },
    path: "/v1/chat/completions",
    parsed,
    bodyBytes: JSON.stringify(request).length,
    deadline: now + config.requests.deadlineSeconds * 1000,
  });
  if ("kind" in facts) return facts;
  return {
    ...withRule(facts, parsed, config),
    ...(profile === undefined ? {} : { profile }),
    ...(agent === undefined ? {} : { agent }),
    ...(localOnly === undefined ? {} : { localOnly }),
    ...(exclude === undefined ? {} : { exclude: exclude.map((node) => NodeId.parse(node)) }),
  };
}

/** Told from the body's own shape, as a door tells it from the path. */
function taskOf(request: Readonly<Record<string, unknown>> = {}): Task {
  if (request["documents"] !== undefined) return "rerank";
  if (request["input"] !== undefined) return "embedding";
  return request["prompt"] !== undefined && request["messages"] === undefined ? "completion" : "chat";
}
