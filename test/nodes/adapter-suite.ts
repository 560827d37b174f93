// One suite for every kind of node, run against recorded replies, the simulator and, where they exist, real servers: an adapter is proven by
// what the other end does, not by how it is written.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import type { NodeKind } from "../../src-core/contract/node-kinds.ts";
import type { Sighting } from "../../src-core/contract/sighting.ts";
import type { LoadProgress, NodeAdapter } from "../../src-core/engine/ports.ts";
import { nodeKinds } from "../../src-core/nodes/index.ts";
import { CollectingSink, collect, postCall } from "./sinks.ts";

/** A node under the suite. `model` serves chat; it is cold at first where `loads` is true. */
export interface SuiteNode {
  readonly url: string;
  readonly model: string;
  readonly key?: string;
  /** What it speaks; OpenAI's where absent. */
  readonly dialect?: "openai" | "anthropic";
  /** A service that shares its addresses with others: it has no identity of its own. */
  readonly isService?: boolean;
  /** The node loads on request; and unloads too, unless `unloads` says otherwise. */
  readonly loads: boolean;
  readonly unloads?: boolean;
  /** What its model is while it is not in use; cold where absent. */
  readonly rests?: "sleeping";
  /** The node tells the progress of a load. */
  readonly tellsProgress: boolean;
  /** A model whose load fails, where there is one. */
  readonly broken?: string;
  /** Answers stream slowly enough to be cut in the middle. */
  readonly streamsSlowly?: boolean;
  /** Ends the server at once, connections and all. */
  kill?(): Promise<void>;
  stop(): Promise<void>;
}

const limitMs = 60_000;
const never = () => new AbortController().signal;

/** Runs the suite for one kind. `start` is called once. */
export function adapterSuite(name: string, kind: NodeKind, start: () => Promise<SuiteNode>): void {
  describe(`${kind} adapter on ${name}`, { timeout: limitMs }, () => {
    let node: SuiteNode;
    let adapter: NodeAdapter;
    let model: ModelId;
    const progress: LoadProgress[] = [];

    beforeAll(async () => {
      node = await start();
      model = ModelId.parse(node.model);
      adapter = nodeKinds[kind].create({ id: NodeId.parse("attic"), url: node.url, key: node.key, demo: false });
    }, limitMs);
    afterAll(async () => {
      await adapter.close();
      await node.stop();
    });

    const probe = async (): Promise<Sighting> => {
      const sighting = await adapter.probe(never());
      if ("failure" in sighting) throw new Error(sighting.failure.message);
      return sighting;
    };
    const residency = async () => (await probe()).models.find(({ id }) => id === model)?.residency.state;
    const rest = () => node.rests ?? "cold";
    const chatPath = () => (node.dialect === "anthropic" ? "/v1/messages" : "/v1/chat/completions");
    const chat = (stream: boolean, tokens: number) =>
      postCall(chatPath(), {
        model,
        stream,
        max_tokens: tokens,
        ignore_eos: true,
        // A tiny model ends when it likes, whatever it was asked; where a stream is to be cut in its middle, what it says has no end.
        ...(node.streamsSlowly === true && tokens > 100 ? { grammar: 'root ::= "a " root' } : {}),
        messages: [{ role: "user", content: "Count slowly." }],
      });

    test("a probe tells who is there, what it has and what it can be asked", async () => {
      const { identity, models, can } = await probe();
      expect(identity).toBe(node.isService === true ? undefined : `127.0.0.1:${new URL(node.url).port}`);
      expect(models.map(({ id }) => id)).toContain(model);
      expect(can).toMatchObject({ load: node.loads, unload: node.unloads ?? node.loads });
    });

    test("probing twice loads nothing", async () => {
      await probe();
      expect(await residency()).toBe(node.loads ? rest() : "warm");
    });

    test("R-10: a load returns when the node's own list says loaded, with progress that never goes back", async () => {
      const failure = await adapter.load(model, {}, (step) => progress.push(step), never());
      if (!node.loads) return expect(failure?.kind).toBe("unsupported");
      expect(failure).toBeUndefined();
      expect(await residency()).toBe("warm");
      const fractions = progress.map(({ fraction }) => fraction);
      expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
      if (node.tellsProgress) expect(fractions.length).toBeGreaterThan(0);
    });

    test("R-10: loading what is loaded is success", async () => {
      if (node.loads) expect(await adapter.load(model, {}, () => {}, never())).toBeUndefined();
    });

    test("loading an unknown model says that the node lacks it", async () => {
      if (!node.loads) return;
      const failure = await adapter.load(ModelId.parse("no-such-model"), {}, () => {}, never());
      expect(failure?.kind).toBe("upstream-lacks-model");
    });

    test("a load that fails says so in words", async () => {
      if (node.broken === undefined) return;
      const failure = await adapter.load(ModelId.parse(node.broken), {}, () => {}, never());
      expect(failure?.kind).toBe("load-failed");
      expect(failure?.message).toContain("attic");
    });

    test("a whole answer passes with its status and type", async () => {
      const { head, text, ends } = await collect(adapter, chat(false, 8));
      expect([head?.status, ends]).toEqual([200, 1]);
      expect(JSON.parse(text)).toHaveProperty(node.dialect === "anthropic" ? "content" : "choices");
    });

    test("a stream passes byte for byte to its terminator", async () => {
      const { head, text } = await collect(adapter, chat(true, 8));
      expect(head?.headers["content-type"]).toContain("text/event-stream");
      expect(text.trimEnd().endsWith(node.dialect === "anthropic" ? '{"type":"message_stop"}' : "data: [DONE]")).toBe(true);
      expect(text.split("\n\n").length).toBeGreaterThan(3);
    });

    test("R-13: a stream given up ends in silence, and the node goes on serving", async () => {
      const sink = new CollectingSink();
      const handle = adapter.send(chat(true, node.streamsSlowly === true ? 2_000 : 8), sink);
      await sink.first;
      handle.abort();
      expect((await collect(adapter, chat(false, 2))).head?.status).toBe(200);
      if (node.streamsSlowly === true) expect(sink.ends).toBe(0);
    });

    test("S-25: an answer that is no success is classified, never thrown", async () => {
      const { head, text } = await collect(adapter, postCall(chatPath(), {}));
      const failure = adapter.classify(head?.status ?? 0, head?.headers ?? {}, text);
      expect(failure?.kind).toMatch(/^upstream-/);
    });

    test("unloading frees the model, and unloading again is success", async () => {
      if (!(node.unloads ?? node.loads)) return expect((await adapter.unload(model, never()))?.kind).toBe("unsupported");
      expect(await adapter.unload(model, never())).toBeUndefined();
      await expect.poll(residency, { timeout: 20_000 }).toBe(rest());
      expect(await adapter.unload(model, never())).toBeUndefined();
    });

    test("F13: a server killed in the middle of a stream is a failure told once, and then a refused connection", async () => {
      if (node.kill === undefined) return;
      await adapter.load(model, {}, () => {}, never());
      const sink = new CollectingSink();
      adapter.send(chat(true, 2_000), sink);
      await sink.first;
      await node.kill();
      const { failure, ends } = await sink.ended;
      expect([failure?.kind, ends]).toEqual(["stream-broken", 1]);
      expect(await adapter.probe(never())).toMatchObject({ failure: { kind: "connect-failed" } });
    });
  });
}
