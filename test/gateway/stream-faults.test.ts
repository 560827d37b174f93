// What a broken stream looks like to a client, by reliability.md's rows: passed on, and translated from one dialect to another. A node written byte
// by byte, so that each fault stands exactly where its row says.
import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import type { NodeKind } from "../../src-core/contract/node-kinds.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { startHome } from "../support/gateway.ts";
import { type Answer, call, hello, send } from "./caller.ts";
import { type RawNode, startRawNode } from "./raw-node.ts";
import { clients, nodes, type Spoken } from "./spoken.ts";

const ways = [
  ["openai", "openai"],
  ["ollama", "ollama"],
  ["anthropic", "anthropic"],
  ["anthropic", "openai"],
  ["ollama", "openai"],
  ["openai", "anthropic"],
  ["ollama", "anthropic"],
] as const;

const settings = ({ config }: RawNode, kind: NodeKind) => {
  const node = { ...config, kind };
  return kind === "anthropic" ? { ...node, key: { env: "SERVICE_KEY" } } : node;
};
const env = { SERVICE_KEY: "canary-service-key" };

describe.each(ways)("a client of %s, a node of %s", (from, to) => {
  const client = clients[from];
  const node: Spoken = nodes[to];
  const translates = from !== to;
  const body = { model: "m", max_tokens: 50, messages: hello, stream: true };

  const begin = (response: ServerResponse) => response.writeHead(200, { "content-type": node.type });

  /** Houses in which each raw node answers as told. */
  async function house(answers: Readonly<Record<string, (response: ServerResponse, nth: number) => void>>, clock?: FakeClock) {
    const raws = await Promise.all(Object.entries(answers).map(([id, answer]) => startRawNode(id, answer)));
    const polling = { activeSeconds: 86_400, idleSeconds: 86_400 };
    const home = await startHome({
      nodes: {},
      env,
      config: { nodes: raws.map((raw) => settings(raw, node.kind)), polling },
      ...(clock === undefined ? {} : { clock }),
    });
    return { home, raws };
  }

  /** Inference calls, without questions about models. */
  const calls = (raws: readonly RawNode[]) => raws.map((raw) => raw.calls.filter(({ request }) => request.url !== "/api/show").length);

  function expectBroken(answer: Answer, words: string): void {
    expect([answer.status, client.said(answer.text), answer.text.includes(client.ends)]).toEqual([200, words, false]);
    expect(client.broken(answer.text)).toEqual(expect.stringMatching(/\w/));
    expect(answer.headers["x-homeport-translated"]).toBe(translates ? `${from} to ${to}` : undefined);
  }

  test("F10: a node that falls silent in the middle for two minutes: an error in the stream, and the node is let go", async () => {
    const clock = new FakeClock();
    const gone = Promise.withResolvers<void>();
    let node1: ServerResponse | undefined;
    const answerAs = (response: ServerResponse) => {
      node1 = response;
      response.once("close", () => gone.resolve());
      begin(response);
      response.write(node.start + node.text("Hi"));
    };
    const { home, raws } = await house({ raw: answerAs }, clock);
    const answer = await send(home.url, client.path, body).until(({ text }) => text.includes("Hi"));
    // A drip is still an answer, as long as something comes every two minutes.
    for (const words of [" there", " you"]) {
      clock.advance(119_000);
      node1?.write(node.text(words));
      await answer.until(({ text }) => text.includes(words));
    }
    clock.advance(121_000);
    await answer.whole();
    expectBroken(answer, "Hi there you");
    await gone.promise;
    expect(calls(raws)).toEqual([1]);
    expect(home.events.find(({ type }) => type === "attempt-finished")).toMatchObject({ verdict: "bad" });
  });

  test("F12: a reset after the first frames, before any content, is made good by the next node unseen", async () => {
    const { home, raws } = await house({
      attic: (response) => {
        begin(response);
        response.write(node.start, () => setImmediate(() => response.destroy()));
      },
      den: (response) => {
        begin(response);
        response.end(node.start + node.text("Hi") + node.end);
      },
    });
    const answer = await call(home.url, client.path, body);
    expect(answer.headers).toMatchObject({ "x-homeport-node": "den", "x-homeport-attempts": "2" });
    expect([client.said(answer.text), client.broken(answer.text)]).toEqual(["Hi", undefined]);
    expect(answer.text.split(client.ends).length - 1).toBeGreaterThan(0);
    if (client.begins !== "") expect(answer.text.split(client.begins).length - 1).toBe(1);
    expect(calls(raws)).toEqual([1, 1]);
  });

  test.each([
    ["F13: a reset in the middle", (response: ServerResponse) => setImmediate(() => response.destroy())],
    ["F14: a clean end without its terminator", (response: ServerResponse) => void response.end()],
  ])("%s: an error frame and no end mark, counted against the node, and nobody else is asked", async (_, fault) => {
    const broken = (response: ServerResponse) => {
      begin(response);
      response.write(node.start + node.text("Hi"), () => fault(response));
    };
    const { home, raws } = await house({ attic: broken, den: broken });
    expectBroken(await call(home.url, client.path, body), "Hi");
    expect(calls(raws)).toEqual([1, 0]);
    const ends = home.events.filter(({ type }) => type === "attempt-finished");
    expect(ends).toMatchObject([{ verdict: "bad", failure: { kind: "stream-broken" } }]);
    expect(await home.happened("request-finished")).toMatchObject({ outcome: "incomplete" });
  });

  test("F14: a whole answer that is cut in its middle is a 502", async () => {
    const cut = (response: ServerResponse) =>
      response.writeHead(200, { "content-type": "application/json" }).end('{"id":"x","choices":[{"mess');
    const { home } = await house({ attic: cut });
    const answer = await call(home.url, client.path, { ...body, stream: false });
    expect([answer.status, typeof answer.json]).toEqual([502, "object"]);
  });

  test("F16: an event that is no JSON", async () => {
    let goOn: (() => void) | undefined;
    const { home } = await house({
      attic: (response) => {
        begin(response);
        response.write(node.start + node.text("Hi"));
        goOn = () => response.end(node.garbage + node.text(" there") + node.end);
      },
    });
    const answer = await send(home.url, client.path, body).until(({ text }) => text.includes("Hi"));
    goOn?.();
    await answer.whole();
    if (!translates) expect(answer.text).toBe(node.start + node.text("Hi") + node.garbage + node.text(" there") + node.end);
    else {
      expectBroken(answer, "Hi");
      expect(await home.happened("request-finished")).toMatchObject({ outcome: "incomplete", failure: { kind: "bad-upstream-event" } });
      if (from === "openai") expect(answer.text).toContain('"code":"bad_upstream_event"');
    }
  });

  test("F17: cut at any byte, inside letters and line ends too, the client hears the same", async () => {
    const plain = node.start + node.text("Grüße 🚢") + node.text(" über Bord") + node.end;
    for (const stream of to === "ollama" ? [plain] : [plain, plain.replaceAll("\n", "\r\n")]) {
      const bytes = Buffer.from(stream);
      let cut = 0;
      const { home } = await house({
        attic: (response) => {
          begin(response);
          response.write(bytes.subarray(0, cut), () => setImmediate(() => response.end(bytes.subarray(cut))));
        },
      });
      const first = bytes.indexOf("Gr");
      for (cut = 1; cut < bytes.length; cut += cut > first - 4 && cut < first + 16 ? 1 : 17) {
        const { text } = await call(home.url, client.path, body);
        if (translates) expect([cut, client.said(text), client.broken(text)]).toEqual([cut, "Grüße 🚢 über Bord", undefined]);
        else expect([cut, text]).toEqual([cut, stream]);
      }
    }
  });

  test.each([
    ["in the middle", () => node.start + node.text("Hi"), "Hi"],
    ["before any content", () => node.start, ""],
  ])("F18: an event without an end is stopped at 4 MiB, %s", async (_, before, said) => {
    const block = Buffer.alloc(64 * 1024, "x");
    let poured = 0;
    const gone = Promise.withResolvers<void>();
    const { home } = await house({
      attic: (response) => {
        response.once("close", () => gone.resolve());
        begin(response);
        response.write(before() + node.endless);
        const pour = () => {
          let room = true;
          while (room && !response.destroyed) {
            room = response.write(block);
            poured += block.length;
          }
          if (!response.destroyed) response.once("drain", pour);
        };
        pour();
      },
    });
    const answer = await call(home.url, client.path, body);
    if (said === "") expect(answer.status).toBe(502);
    else expectBroken(answer, said);
    await gone.promise;
    expect(poured).toBeLessThan(32 * 1024 * 1024);
  });
});
