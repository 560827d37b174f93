// The question "where would this go now?", from a window or a command line, turned into the facts of a request that is never sent.
import type { MethodInput } from "../contract/api.ts";
import type { Failure } from "../contract/failure.ts";
import { NodeId, RequestId } from "../contract/ids.ts";
import type { Dialect } from "../contract/node-kinds.ts";
import type { ExplainedCandidate, Explanation, RequestFacts, Task } from "../contract/route.ts";
import type { RoutingDocument } from "../contract/routing-document.ts";
import { readFacts } from "../dialects/facts.ts";
import { chooseDialect } from "../dialects/translation.ts";
import { explain } from "../domain/explain.ts";
import { own } from "../domain/inventory.ts";
import { resolve } from "../domain/resolve.ts";
import type { Ahead } from "../domain/session.ts";
import type { World } from "../domain/world.ts";
import { withRule } from "./auto-rule.ts";

/** `routing`: a draft, asked about as if it were in force. */
export type Question = Omit<MethodInput<"explain">, "routing"> & { readonly routing?: RoutingDocument | undefined };

/** The world as it would be with a draft of the routing in force: the same fleet, the same moment. */
function worldWith(routing: RoutingDocument | undefined, world: World): World {
  return routing === undefined ? world : { ...world, config: { ...world.config, ...routing } };
}

/** Judges the question as the request it describes would be judged at this instant. */
export function explainRequest(question: Question, now: World, aheadOf: Ahead): Explanation | { readonly failure: Failure } {
  const world = worldWith(question.routing, now);
  const facts = factsOf(question, world);
  if ("kind" in facts) return { failure: facts };
  const resolution = resolve(facts, world);
  if ("kind" in resolution) return { failure: resolution };
  return withDialects(explain(facts, resolution, world, aheadOf, { policy: question.policy }), facts.dialect, world);
}

/** Adds how each candidate would be spoken to. What a translation would leave out is known only of a real body, so nothing is said of it. */
function withDialects(explanation: Explanation, dialect: Dialect, { fleet }: World): Explanation {
  const spokenTo = (candidate: ExplainedCandidate): ExplainedCandidate => {
    const spoken = chooseDialect(own(fleet.nodes, candidate.node)?.can.dialects ?? [], dialect);
    return spoken === undefined ? candidate : { ...candidate, spoken };
  };
  const links = explanation.links.map((link) => ({ ...link, candidates: link.candidates.map(spokenTo) }));
  return { ...explanation, dialect, links };
}

function factsOf(question: Question, { config, now }: World): RequestFacts | Failure {
  const { model, request = {}, profile, agent, localOnly, exclude, dialect = "openai" } = question;
  const task = question.task ?? (dialect === "responses" ? "chat" : taskOf(question.request));
  const parsed = { messages: [], ...request, model };
  const facts = readFacts({
    id: RequestId.parse("explain"),
    at: now,
    // Without messages an Ollama body would ask for a load; a name alone is asked about as a chat.
    route: { dialect: question.request === undefined ? "openai" : dialect, task, streams: false },
    path: "/v1/chat/completions",
    parsed,
    bodyBytes: JSON.stringify(request).length,
    deadline: now + config.requests.deadlineSeconds * 1000,
  });
  if ("kind" in facts) return facts;
  return {
    ...withRule(facts, parsed, config),
    dialect,
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
