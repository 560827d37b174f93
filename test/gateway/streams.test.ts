import OpenAI, { APIError } from "openai";
import { expect, test } from "vitest";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { recorded } from "../support/replay.ts";
import { type Answer, call, chat, eventsOf, hello, saidIn, send } from "./caller.ts";
import { beginEvents, chunk, finishFrames, roleFrame, startRawNode } from "./raw-node.ts";

const twin: HomeNode = { kind: "ollama", models: [{ name: "m", warm: true, replyTokens: 20, tokensPerSecond: 200 }] };
const llama: HomeNode = { kind: "llama-server", models: [{ name: "m", replyTokens: 20, tokensPerSecond: 200 }] };
const chats = "/v1/chat/completions";

/** What a whole answer of this node says, for comparison. */
async function wholeText(url: string): Promise<string> {
  return saidIn((await call(url, chats, chat("m", { stream: true }))).text);
}

function expectBrokenOpenAi(answer: Answer, node: string): void {
  const events = eventsOf(answer.text);
  expect(JSON.parse(events.at(-1) ?? "")).toMatchObject({ error: { source: "homeport", node, message: expect.any(String) } });
  expect(answer.text).not.toContain("[DONE]");
  expect(answer.text).not.toContain('"finish_reason":"');
  for (const event of events) expect(() => JSON.parse(event)).not.toThrow();
}

test.each(["drop-after", "crash-after", "end-after"] as const)(
  "F12: a node that fails right after its role frame (%s) is replaced unseen: the other's whole answer, with one role frame",
  async (fault) => {
    const home = await startHome({ nodes: { attic: llama, den: llama } });
    const whole = await wholeText(home.url);
    home.at("attic").fault({ fault, frames: 1 }, { path: chats });
    const answer = await call(home.url, chats, chat("m", { stream: true }));
    expect(answer.headers).toMatchObject({ "x-homeport-node": "den", "x-homeport-attempts": "2" });
    expect(answer.text.split('"role":"assistant"').length - 1).toBe(1);
    expect(saidIn(answer.text)).toBe(whole);
    expect(answer.text).toContain("[DONE]");
  },
);

test("F13: a node killed in the middle: the words so far whole, then an error and no [DONE]; the next request goes elsewhere", async () => {
  const home = await startHome({ nodes: { attic: twin, den: twin } });
  const answer = send(home.url, chats, chat("m", { stream: true }));
  await answer.until(({ text }) => eventsOf(text).length >= 5);
  await home.at("attic").kill();
  await answer.whole();
  expect(await answer.ended).toBe("complete");
  expectBrokenOpenAi(answer, "attic");
  const said = saidIn(answer.text);
  expect(said).not.toBe("");
  const next = await call(home.url, chats, chat("m", { stream: true }));
  expect(next.headers).toMatchObject({ "x-homeport-node": "den", "x-homeport-attempts": "1" });
  expect(saidIn(next.text).startsWith(said)).toBe(true);
  expect(home.count("attempt-started")).toBe(2);
  expect(home.events.find(({ type }) => type === "attempt-finished")).toMatchObject({ verdict: "bad", failure: { kind: "stream-broken" } });
});

test("F13: the same for an Ollama client: an error line and no done", async () => {
  const home = await startHome({ nodes: { attic: twin } });
  const answer = send(home.url, "/api/chat", { model: "m", messages: hello });
  await answer.until(({ text }) => text.split("\n").length > 4);
  await home.at("attic").kill();
  await answer.whole();
  const lines = answer.text.trimEnd().split("\n");
  expect(JSON.parse(lines.at(-1) ?? "")).toEqual({ error: expect.stringContaining("attic") });
  expect(answer.text).not.toContain('"done":true');
});

test.each([
  ["ollama", "drop-after"],
  ["ollama", "crash-after"],
  ["ollama", "end-after"],
  ["llama-server", "drop-after"],
  ["llama-server", "end-after"],
  ["llama-server-router", "crash-after"],
  ["openai-compatible", "end-after"],
] as const)("F13, F14: %s ending by %s is never a success: the official client raises and the row says incomplete", async (kind, fault) => {
  const home = await startHome({ nodes: { attic: { kind, models: [{ name: "m", warm: true, replyTokens: 20 }] } } });
  await home.homeport.dispatch("load", { node: "attic", model: "m" });
  home.at("attic").fault({ fault, frames: 4 }, { path: chats });
  const client = new OpenAI({ baseURL: `${home.url}/v1`, apiKey: "any", maxRetries: 0 });
  const heard = (async () => {
    for await (const _ of await client.chat.completions.create({ model: "m", messages: [...hello], stream: true }));
  })();
  await expect(heard).rejects.toThrow(APIError);
  expect(await home.happened("request-finished")).toMatchObject({ outcome: "incomplete" });
  expectBrokenOrTold(await call(home.url, chats, chat("m", { stream: true })));
});

/** A router tells its child's death itself, in its own words. */
function expectBrokenOrTold(answer: Answer): void {
  expect(answer.text).not.toContain("[DONE]");
  expect(answer.status === 200 ? answer.text : '"error"').toContain('"error"');
}

test("F14: a model that says [DONE] itself, and then breaks off, has not finished", async () => {
  const words = roleFrame + chunk({ content: "The stream ends with data: [DONE]" });
  const raw = await startRawNode("raw", (response) => {
    beginEvents(response);
    response.end(words);
  });
  const home = await startHome({ nodes: {}, config: { nodes: [raw.config] } });
  const answer = await call(home.url, chats, chat("m", { stream: true }));
  expect(answer.text.startsWith(words)).toBe(true);
  expect(answer.text.slice(words.length)).toContain('"error"');
});

test("F15: a whole answer shorter than its declared length is a 502, and its connection is not used again", async () => {
  const raw = await startRawNode("raw", (response, nth) => {
    const body = JSON.stringify({
      model: "m",
      choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
    });
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(body) + (nth === 1 ? 9 : 0)),
    });
    if (nth === 1) response.write(body, () => response.destroy());
    else response.end(body);
  });
  const home = await startHome({ nodes: {}, config: { nodes: [raw.config] } });
  expect((await call(home.url, chats, chat("m"))).status).toBe(502);
  expect((await call(home.url, chats, chat("m"))).status).toBe(200);
});

test("F16: an event that is no JSON passes untouched, and the stream that ends with it is no success", async () => {
  const home = await startHome({ nodes: { attic: llama } });
  home.at("attic").fault({ fault: "malformed-after", frames: 4 }, { path: chats });
  const answer = await call(home.url, chats, chat("m", { stream: true }));
  expect(answer.text).toContain('data: {"broken": \n\n');
  expect(answer.text.endsWith("}\n\n")).toBe(true);
  expect(await home.happened("request-finished")).toMatchObject({ outcome: "incomplete" });
});

test.each(["drop-after", "end-after", "malformed-after"] as const)(
  "F14: a whole answer that is cut (%s) is a 502, never an empty success",
  async (fault) => {
    const home = await startHome({ nodes: { attic: twin } });
    home.at("attic").fault({ fault, frames: 1 }, { path: chats });
    const answer = await call(home.url, chats, chat("m"));
    expect(answer.status).toBe(502);
    expect(answer.json).toMatchObject({ error: { node: "attic" } });
  },
);

test("F14: a stream whose last event lacks only its empty line has ended well; some servers write [DONE] and hang up", async () => {
  for (const last of ["data: [DONE]", "data: [DONE]\n"]) {
    const raw = await startRawNode("raw", (response) => {
      beginEvents(response);
      response.end(roleFrame + chunk({ content: "Hi" }) + last);
    });
    const home = await startHome({ nodes: {}, config: { nodes: [raw.config] } });
    const answer = await call(home.url, chats, chat("m", { stream: true }));
    expect(answer.text).toBe(roleFrame + chunk({ content: "Hi" }) + last);
    expect(await home.happened("request-finished")).toMatchObject({ outcome: "ok" });
  }
});

test("F14: a stream cut inside its last event has not, even where the cut event already says stop", async () => {
  const raw = await startRawNode("raw", (response) => {
    beginEvents(response);
    response.end(roleFrame + chunk({ content: "Hi" }) + chunk({}, "stop").slice(0, -6));
  });
  const home = await startHome({ nodes: {}, config: { nodes: [raw.config] } });
  expectBrokenOpenAi(await call(home.url, chats, chat("m", { stream: true })), "raw");
});

const recordings = [
  [chats, "ollama", "chat-stream"],
  [chats, "llama-server", "chat-stream"],
  [chats, "llama-server", "chat-stream-usage"],
  ["/api/chat", "ollama", "api-chat-stream"],
] as const;

test.each(recordings)(
  "F17: %s as %s sent it (%s): wherever the wire cuts it, the client gets the same bytes",
  async (path, folder, name) => {
    const { headers, chunks } = recorded(folder, name);
    await everyCut(path, headers["content-type"] ?? "", Buffer.from(chunks.join("")));
  },
);

test("F17: and so for CRLF and for letters of many bytes", async () => {
  const crlf = [roleFrame, chunk({ content: "Grüße 🚢" }), chunk({ content: " über Bord" }), finishFrames].join("");
  await everyCut(chats, "text/event-stream", Buffer.from(crlf.replaceAll("\n\n", "\r\n\r\n")));
});

/** Serves a stream in two pieces, cut at each offset in turn, each piece a packet of its own. */
async function everyCut(path: string, type: string, bytes: Buffer): Promise<void> {
  let cut = 0;
  const raw = await startRawNode("raw", (response) => {
    response.writeHead(200, { "content-type": type });
    response.write(bytes.subarray(0, cut), () => setImmediate(() => response.end(bytes.subarray(cut))));
  });
  const kind = path.startsWith("/api/") ? "ollama" : "openai-compatible";
  const home = await startHome({ nodes: {}, config: { nodes: [{ ...raw.config, kind }] } });
  const stream = { model: "m", messages: hello, stream: true };
  // Every offset within the last kilobyte, where the terminator is, and a spread of the rest.
  for (cut = 1; cut < bytes.length; cut += bytes.length - cut < 1024 ? 3 : 37) {
    const answer = await call(home.url, path, stream);
    if (answer.text !== bytes.toString()) expect([cut, answer.text]).toEqual([cut, bytes.toString()]);
  }
}

test("F17: sliced on the wire into pieces of a few bytes, a real server's stream is the same as whole", async () => {
  const home = await startHome({ nodes: { attic: { ...llama, models: [{ name: "m", replyTokens: 20 }], proxied: true } } });
  const whole = await wholeText(home.url);
  for (const bytes of [1, 2, 3, 7, 31]) {
    const heal = home.proxy("attic").add({ toxic: "slicer", bytes });
    const answer = await call(home.url, chats, chat("m", { stream: true }));
    expect([saidIn(answer.text), answer.text.endsWith("data: [DONE]\n\n")]).toEqual([whole, true]);
    heal();
  }
});

test.each([
  ["in the middle of an answer", roleFrame + chunk({ content: "Hi" })],
  ["after the role frame", roleFrame],
  ["at once", ""],
])("F18: a line without an end is stopped at 4 MiB, %s", async (_, before) => {
  const block = Buffer.alloc(64 * 1024, "x");
  let poured = 0;
  const gone = Promise.withResolvers<void>();
  const raw = await startRawNode("raw", (response) => {
    response.once("close", () => gone.resolve());
    beginEvents(response);
    response.write(before);
    const pour = () => {
      let room = true;
      while (room && !response.destroyed) {
        room = response.write(block);
        poured += block.length;
      }
      if (!response.destroyed) response.once("drain", pour);
    };
    pour();
  });
  const home = await startHome({ nodes: {}, config: { nodes: [raw.config] } });
  const answer = await call(home.url, chats, chat("m", { stream: true }));
  if (before.includes("Hi")) expectBrokenOpenAi(answer, "raw");
  else expect([answer.status, answer.text.includes("without an end")]).toEqual([502, true]);
  await gone.promise;
  expect(poured).toBeLessThan(32 * 1024 * 1024);
});
