// One attempt with a translation, a node that a test speaks for and a client that keeps what it got.

import { NodeId } from "../../src-core/contract/ids.ts";
import type { Dialect } from "../../src-core/contract/node-kinds.ts";
import { Gate as GateConfig } from "../../src-core/contract/routing.ts";
import { chatDialects } from "../../src-core/dialects/translation.ts";
import { wires } from "../../src-core/dialects/wires.ts";
import { attempt } from "../../src-core/engine/attempt.ts";
import type { AttemptEnd } from "../../src-core/engine/attempt-side.ts";
import type { ClientReply } from "../../src-core/engine/exchange.ts";
import { gateFor } from "../../src-core/engine/gate.ts";
import type { Translation } from "../../src-core/engine/translated-answer.ts";
import { FakeAdapter, type FakeAnswer } from "./fake-adapter.ts";
import { FakeClock } from "./fake-clock.ts";

/** Every dialect of the table: one that is added is in the tests by itself. */
export const everyDialect: readonly Dialect[] = Object.keys(chatDialects).filter((name): name is Dialect =>
  Object.hasOwn(chatDialects, name),
);

/** What the client got. */
export class Client implements ClientReply {
  readonly parts: Buffer[] = [];
  headers: Readonly<Record<string, string>> = {};
  headSent = false;
  ended = false;
  destroyed = false;

  get text(): string {
    return Buffer.concat(this.parts).toString();
  }

  head(_status: number, headers: Readonly<Record<string, string>>): void {
    this.headSent = true;
    this.headers = headers;
  }

  write(chunk: Buffer): boolean {
    this.parts.push(chunk);
    return true;
  }

  end(chunk?: Buffer): void {
    if (chunk !== undefined) this.parts.push(chunk);
    this.ended = true;
  }

  onDrain(): void {}
  destroy(): void {
    this.destroyed = true;
  }
  onGone(): void {}
}

/** What a test holds of an attempt that is under way. */
export interface Sent {
  readonly client: Client;
  readonly answer: FakeAnswer;
  readonly end: Promise<AttemptEnd>;
  readonly clock: FakeClock;
}

/** `from`: the node's dialect, `to`: the client's. */
export interface Wishes {
  readonly from: Dialect;
  readonly to: Dialect;
  readonly stream?: boolean;
  readonly completion?: boolean;
  readonly gate?: Parameters<typeof GateConfig.parse>[0];
}

/** Sends, and waits for the test to answer. */
export function send({ from, to, stream = true, completion = false, gate: wishes }: Wishes): Sent {
  const adapter = new FakeAdapter(["m"], ["m"]);
  const client = new Client();
  const clock = new FakeClock();
  const translation: Translation = {
    from: chatDialects[from],
    to: chatDialects[to],
    nodeWire: wires[from],
    stream,
    context: { model: "Mine", requestId: "r1", now: clock.now(), wantsUsage: true, promptTokens: 7, completion },
  };
  const sent = Buffer.from('{"model":"m","messages":[{"role":"user","content":"Q"}]}');
  const gate =
    wishes === undefined
      ? undefined
      : gateFor({ gate: GateConfig.parse(wishes), dialect: from, task: "chat", node: "a", sent, mayRepair: true, translated: true });
  if (gate !== undefined && "kind" in gate) throw new Error(gate.message);
  const { end } = attempt({
    node: NodeId.parse("a"),
    adapter,
    call: { method: "POST", path: "/x", headers: {} },
    wire: wires[to],
    task: "chat",
    reply: client,
    clock,
    translation,
    gate,
    limits: { firstByteMs: 60_000, firstByteIsDeadline: false, answerMs: undefined, betweenChunksMs: 60_000, clientStallMs: 60_000 },
    headers: (nodes) => ({ ...nodes }),
    onFirstByte: () => {},
    loadPatienceMs: () => 0,
  });
  const answer = adapter.answers[0];
  if (answer === undefined) throw new Error("nothing was sent");
  return { client, answer, end, clock };
}

/** A whole answer in these chunks, from the node's head to its end. */
export async function answered(
  from: Dialect,
  to: Dialect,
  chunks: readonly Buffer[],
): Promise<{ readonly client: Client; readonly end: AttemptEnd }> {
  const { client, answer, end } = send({ from, to });
  answer.head(200, wires[from].streamType);
  for (const chunk of chunks) answer.data(chunk);
  answer.end();
  return { client, end: await end };
}
