// The real engine over scripted nodes, memory replies and a fake clock: a whole house that runs in one turn of the event loop at a time.
import type { ConfigDocument } from "../../src-core/contract/config.ts";
import type { NodeId } from "../../src-core/contract/ids.ts";
import { mintRequestId } from "../../src-core/contract/ids.ts";
import type { RequestFacts } from "../../src-core/contract/route.ts";
import { Engine } from "../../src-core/engine/engine.ts";
import type { InferenceCall } from "../../src-core/engine/exchange.ts";
import type { Log, Survey } from "../../src-core/engine/ports.ts";
import { openJournal } from "../../src-core/host/journal.ts";
import { createImageFetcher } from "../../src-core/nodes/image-fetch.ts";
import { aNode, someFacts } from "../support/builders.ts";
import { everyKind } from "../support/every-kind.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { MemoryConfig } from "../support/memory-config.ts";
import { MemoryReply } from "./memory-reply.ts";
import { type ScriptedModel, ScriptedNode } from "./scripted-node.ts";
import type { Dice } from "./seeded.ts";
import { Watch } from "./watch.ts";

const survey: Survey = {
  fingerprint: (url) => Promise.resolve({ url, label: "nothing" }),
  discover: () => Promise.resolve([]),
  search: () => Promise.resolve(undefined),
  ownSubnets: () => [],
  placeOf: () => "lan",
};
const surroundings = {
  app: { version: "test", demo: false, desktop: false },
  gateway: { url: "http://127.0.0.1:4663", port: 4663, wantedPort: 4663, loopback: true, keyRequired: false },
};

export interface HousePlan {
  readonly document: ConfigDocument;
  readonly models: Readonly<Record<string, readonly ScriptedModel[]>>;
}

export interface Asked {
  readonly facts: RequestFacts;
  readonly reply: MemoryReply;
}

export class House {
  readonly clock = new FakeClock();
  readonly watch = new Watch();
  readonly nodes = new Map<string, ScriptedNode>();
  readonly asked: Asked[] = [];
  readonly bugs: string[] = [];
  readonly engine: Engine;
  readonly config: MemoryConfig;

  constructor({ document, models }: HousePlan, dice: Dice) {
    const create = ({ id }: { readonly id: NodeId }) => {
      const node = this.nodes.get(id) ?? new ScriptedNode(id, models[id] ?? [], this.clock, dice);
      this.nodes.set(id, node);
      return node;
    };
    const row = { abilities: aNode("a").can, create };
    const kinds = everyKind(row);
    const log: Log = {
      info: () => undefined,
      warn: () => undefined,
      error: (fields, message) => this.bugs.push(`${message} ${JSON.stringify(fields)}`),
    };
    this.config = new MemoryConfig(document);
    this.engine = new Engine({
      config: this.config,
      kinds,
      survey,
      images: createImageFetcher(),
      log,
      secrets: { resolve: () => undefined },
      journal: openJournal(":memory:", log),
      clock: this.clock,
      draw: () => dice.roll(),
      refuse: (reply, failure) => {
        reply.head(500, {});
        reply.end(Buffer.from(JSON.stringify({ error: failure.kind })));
      },
      surroundings: () => surroundings,
    });
    this.engine.store.observe(this.watch.observe);
    this.engine.start();
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.settle();
  }

  ask(model: string, more: Partial<RequestFacts> = {}): Asked {
    const id = mintRequestId(`r${this.asked.length}`);
    const at = this.clock.now();
    const facts = someFacts(model, { id, at, deadline: at + 60_000, ...more });
    const body = Buffer.from(JSON.stringify({ model, user: id, stream: facts.stream }));
    const start = body.indexOf(JSON.stringify(model));
    const call: InferenceCall = {
      facts,
      method: "POST",
      headers: {},
      body,
      modelSpan: { start, end: start + JSON.stringify(model).length },
    };
    const asked = { facts, reply: new MemoryReply() };
    this.asked.push(asked);
    void this.engine.route(call, asked.reply);
    return asked;
  }

  /** Runs until nothing is under way; the clock must get there by itself. */
  async rest(): Promise<void> {
    const isBusy = () => this.engine.router.running > 0 || Object.keys(this.engine.fleet.loads).length > 0;
    for (let look = 0; look < 2_000 && isBusy(); look += 1) await this.pass(2_000);
    if (isBusy())
      throw new Error(`I1: something never ends: ${this.watch.running} requests, loads ${JSON.stringify(this.engine.fleet.loads)}`);
  }

  async stop(): Promise<void> {
    await this.engine.stop(0);
  }
}
