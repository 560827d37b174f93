// Every recorded reply of a real server is asked of the simulator again: same status, type, key shape and framing.
// A fixture that is not replayed stands in `notReplayed` with its reason, and the suite checks that the route is really absent.
import { readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type SimulatedNode, type StartOptions, startSimulatedNode } from "../../src-core/simulator/node.ts";

const Fixture = z.object({
  name: z.string(),
  request: z.object({ method: z.string(), path: z.string(), body: z.unknown().optional() }),
  response: z.object({ status: z.number(), headers: z.record(z.string(), z.string()), chunks: z.array(z.string()) }),
});
type Fixture = z.infer<typeof Fixture>;

const tinyA = { name: "tiny-a", bytes: 621_721, contextTokens: 4096 };
const tinyB = { ...tinyA, name: "tiny-b" };
const anthropic = "Homeport sends nothing to /v1/messages yet, so the simulator has no such route";
const responses = "Homeport sends nothing to /v1/responses yet, so the simulator has no such route";

interface Suite {
  readonly start: StartOptions;
  readonly notReplayed: Readonly<Record<string, string>>;
  /** Brings the node into the state the fixture was recorded in. */
  readonly before: Readonly<Record<string, readonly (readonly [string, object])[]>>;
}

const loadA = ["/models/load", { model: "tiny-a" }] as const;
const loadBroken = ["/models/load", { model: "broken" }] as const;
const loadNative = (model: string, more: object = {}) => ["/api/generate", { model, ...more }] as const;

const suites: Readonly<Record<string, Suite>> = {
  ollama: {
    start: { kind: "ollama", models: [tinyA, tinyB] },
    notReplayed: {
      messages: anthropic,
      "messages-stream": anthropic,
      "messages-unknown-model": anthropic,
      responses,
      "responses-stream": responses,
    },
    before: {
      "ps-loaded": [loadNative("tiny-a")],
      "ps-two": [loadNative("tiny-a"), loadNative("tiny-b")],
      "ps-forever": [loadNative("tiny-b"), loadNative("tiny-a", { keep_alive: -1 })],
      "ps-after-unload": [loadNative("tiny-a", { keep_alive: -1 }), loadNative("tiny-b"), loadNative("tiny-b", { keep_alive: 0 })],
    },
  },
  "llama-server": {
    start: { kind: "llama-server", models: [{ ...tinyA, name: "models/tiny-a.gguf", warm: true }] },
    notReplayed: {
      messages: anthropic,
      "messages-stream": anthropic,
      "messages-unknown-model": anthropic,
      responses,
      "responses-stream": responses,
    },
    before: {},
  },
  "llama-server-router": {
    start: {
      kind: "llama-server-router",
      models: [{ ...tinyA, name: "broken", loadFault: { fault: "failed" } }, { ...tinyA, name: "slow", loadMs: 60_000 }, tinyA],
    },
    notReplayed: {},
    before: {
      "models-loaded": [loadA],
      "models-unloaded": [loadA, ["/models/unload", { model: "tiny-a" }], loadBroken],
      "models-after-broken": [loadA, loadBroken],
      "models-loading": [["/models/load", { model: "slow" }]],
      "load-again": [loadA],
      unload: [loadA],
    },
  },
};

interface Reply {
  readonly status: number;
  readonly type: string | undefined;
  readonly connection: string | undefined;
  readonly server: string | string[] | undefined;
  readonly encoding: string | undefined;
  readonly text: string;
}

function send(node: SimulatedNode, method: string, path: string, body: unknown): Promise<Reply> {
  const payload = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const call = request(
      `${node.url}${path}`,
      { method, headers: { "content-type": "application/json", connection: "close" } },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => {
          const { headers } = response;
          const { connection } = headers;
          const server = headers["server"];
          resolve({
            status: response.statusCode ?? 0,
            type: headers["content-type"],
            connection,
            server,
            encoding: headers["transfer-encoding"],
            text,
          });
        });
      },
    );
    call.on("error", reject);
    call.end(payload);
  });
}

/** Sorted key paths with their types; entries of lists are merged, map keys that name a model family are folded. */
function shapeOf(value: unknown, path = "$", into = new Set<string>()): Set<string> {
  if (Array.isArray(value)) {
    into.add(`${path}: list`);
    for (const entry of value) shapeOf(entry, `${path}[]`, into);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, entry] of Object.entries(value)) shapeOf(entry, `${path}.${key}`, into);
    if (Object.keys(value).length === 0) into.add(`${path}: {}`);
  } else into.add(`${path}: ${value === null ? "null" : typeof value}`);
  return into;
}

/** A stream as the shapes of its frames, equal neighbours told once: how many words came says nothing. */
function framesOf(text: string, type: string): string[] {
  const frames = type.includes("ndjson") ? text.trim().split("\n") : text.trim().split("\n\n");
  const shapes = frames.map((frame) => {
    const data = frame.replace(/^data: /, "");
    return data === "[DONE]" ? data : [...shapeOf(JSON.parse(data))].sort().join(" ");
  });
  return shapes.filter((shape, index) => shape !== shapes[index - 1]);
}

function comparable(name: string, text: string, type: string): unknown {
  if (type.includes("event-stream") || type.includes("ndjson")) return framesOf(text, type);
  if (!type.includes("json")) return text;
  const shape = [...shapeOf(JSON.parse(text))].sort();
  // Facts about one recorded model file, not about the reply: which tensors and tokenizer it has.
  return name === "show" ? shape.filter((line) => !/tokenizer|llama\.(rope|feed|attention)|size_label|general\.type/.test(line)) : shape;
}

/** What differs on purpose, each with its reason. */
const differs: Readonly<Record<string, string>> = {
  "ollama/chat-stream": "recorded from a model that ended at once: an empty first word and nothing more",
  "ollama/chat-stream-usage": "recorded from a model that ended at once: an empty first word and nothing more",
  "llama-server/chat-unknown-model-stream": "the recording holds 64 KiB and breaks off inside a frame",
  "llama-server/metrics": "the simulator leaves out the counters of speculative decoding",
  "ollama/version": "the recorded build calls itself 0.0.0",
};

const here = (folder: string) => fileURLToPath(new URL(`../fixtures/${folder}/`, import.meta.url));
const fixturesOf = (folder: string) =>
  readdirSync(here(folder)).map((file) => Fixture.parse(JSON.parse(readFileSync(`${here(folder)}${file}`, "utf8"))));

/** Bodies that were too long to record whole. */
function bodyOf(fixture: Fixture): unknown {
  const { body } = fixture.request;
  if (!fixture.name.includes("too-long")) return body;
  const messages = [{ role: "user", content: "word ".repeat(6000) }];
  const truncate = fixture.name.endsWith("no-truncate") ? { truncate: false } : {};
  return { model: "tiny-a", messages, stream: false, max_tokens: 2, options: { num_predict: 2 }, ...truncate };
}

for (const [folder, suite] of Object.entries(suites)) {
  describe(`${folder}: a simulated node whose replies drift from the real server's is caught`, () => {
    for (const fixture of fixturesOf(folder)) {
      const why = suite.notReplayed[fixture.name];
      if (why !== undefined) {
        test(`${fixture.name} is not replayed: ${why}`, async () => {
          const node = await startSimulatedNode(suite.start);
          const { method, path, body } = fixture.request;
          expect((await send(node, method, path, body)).status).toBe(404);
          await node.stop();
        });
        continue;
      }
      describe(fixture.name, () => {
        let node: SimulatedNode;
        beforeAll(async () => {
          node = await startSimulatedNode(suite.start);
          for (const [path, body] of suite.before[fixture.name] ?? []) await send(node, "POST", path, body);
        });
        afterAll(() => node.stop());

        test("same status, type, headers and shape", async () => {
          const { method, path } = fixture.request;
          const { status, headers, chunks } = fixture.response;
          const reply = await send(node, method, path, bodyOf(fixture));
          expect(reply.status).toBe(status);
          expect(reply.type).toBe(headers["content-type"]);
          expect(reply.server).toBe(headers["server"]);
          expect(reply.encoding).toBe(headers["transfer-encoding"]);
          if (differs[`${folder}/${fixture.name}`] !== undefined) return;
          const type = reply.type ?? "";
          expect(comparable(fixture.name, reply.text, type)).toEqual(comparable(fixture.name, chunks.join(""), type));
          if (status >= 400 && !fixture.name.includes("too-long")) expect(reply.text).toBe(chunks.join(""));
        });
      });
    }
  });
}
