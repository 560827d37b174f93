// A gate without an engine: keeps the calls it was given and answers them as the test says. And doors opened on free ports, closed after the test.
import { onTestFinished } from "vitest";
import { Config, type ConfigDocument } from "../../src-core/contract/config.ts";
import type { Fleet } from "../../src-core/contract/fleet.ts";
import type { ClientReply, InferenceCall } from "../../src-core/engine/exchange.ts";
import { ResponseStore } from "../../src-core/engine/response-store.ts";
import { type GatewayOptions, startGateway } from "../../src-core/ingress/app.ts";
import type { ForwardedCall, Gate } from "../../src-core/ingress/doors.ts";
import type { Door } from "../../src-core/ingress/http.ts";
import { aFleet, aModel, aNode, noon } from "../support/builders.ts";

export class FakeGate implements Gate {
  readonly calls: InferenceCall[] = [];
  readonly forwarded: ForwardedCall[] = [];
  readonly responses = new ResponseStore();
  document: Config;
  nodes: Fleet = aFleet([aNode("attic", [aModel("tiny-a:latest", "warm")], { version: "0.12.3" })]);
  answer: (call: InferenceCall, reply: ClientReply) => void = (call, reply) => {
    reply.head(200, { "content-type": "application/json" });
    reply.end(Buffer.from(JSON.stringify({ model: call.facts.model, echo: call.body.length })));
  };

  constructor(config: ConfigDocument = {}) {
    this.document = Config.parse(config);
  }

  config = () => this.document;
  fleet = () => this.nodes;
  now = () => noon;
  metrics = () => Promise.resolve("homeport_up 1\n");
  show = (model: string) => Promise.resolve({ body: { details: { family: model } } });

  route(call: InferenceCall, reply: ClientReply): void {
    this.calls.push(call);
    this.answer(call, reply);
  }
}

/** Bugs that doors caught; a test that expects none looks here. */
export const bugs: unknown[] = [];

/** A gateway door on a free port, closed when the test ends. */
export async function aGateway(gate: Gate, more: Partial<GatewayOptions> = {}): Promise<Door> {
  const door = await startGateway({
    gate,
    host: "127.0.0.1",
    port: 0,
    whenPortTaken: "fail",
    resolveKey: () => "the-key",
    onBug: (error) => void bugs.push(error),
    ...more,
  });
  if ("failure" in door) throw new Error(door.failure.message);
  onTestFinished(() => door.stop());
  return door;
}

/** A chat request's body. */
export function chatBody(more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ model: "tiny-a", messages: [{ role: "user", content: "hi" }], ...more });
}
