// Calls that stream over NATS, frame by frame, as a gateway sees them: order, grants, beats, cancels, bodies in parts.
import { headers, type Msg } from "@nats-io/transport-node";
import { describe, expect, it } from "vitest";
import { heartbeatMs } from "../../src-core/contract/jobs.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { natsMissing, startNatsServer } from "../support/nats-server.ts";
import { type PlainClient, plainClient, startTestWorker, type TestWorkerOptions } from "../support/test-worker.ts";

const chats = "/v1/chat/completions";
const llama = { name: "llama3.2", warm: true, replyTokens: 20 } as const;

async function set(model: Record<string, unknown> = {}, options: Partial<TestWorkerOptions> = {}) {
  const server = await startNatsServer();
  const worker = await startTestWorker({ nats: server.url, runtimes: [{ kind: "ollama", models: [{ ...llama, ...model }] }], ...options });
  return { server, ...worker, client: await plainClient(server.url) };
}

interface Frame {
  readonly seq: number;
  readonly kind: string;
  readonly text: string;
}

/** One call and everything that came of it. */
class Call {
  readonly frames: Frame[] = [];
  readonly #client: PlainClient;
  readonly #looks = new Set<() => void>();

  constructor(client: PlainClient, wish: Record<string, unknown>, body: unknown) {
    this.#client = client;
    const { connection } = client;
    const reply = `_INBOX.test.${Math.random().toString(36).slice(2)}`;
    connection.subscribe(reply, { callback: (_error: Error | null, message: Msg) => this.#heard(message) });
    const head = headers();
    head.set("Homeport-Call", JSON.stringify({ id: "call-1", method: "POST", path: chats, ...wish }));
    connection.publish("node.beast.stream.request", typeof body === "string" ? body : JSON.stringify(body), { reply, headers: head });
  }

  get kinds(): string {
    return this.frames.map(({ kind }) => kind).join(" ");
  }

  get data(): readonly Frame[] {
    return this.frames.filter(({ kind }) => kind === "data");
  }

  get text(): string {
    return this.data.map(({ text }) => text).join("");
  }

  json(kind: string): Record<string, unknown> {
    const frame = this.frames.find((one) => one.kind === kind);
    return JSON.parse(frame?.text ?? "{}");
  }

  until(met: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!met()) return;
        this.#looks.delete(look);
        resolve();
      };
      this.#looks.add(look);
      look();
    });
  }

  over(): Promise<void> {
    return this.until(() => this.frames.some(({ kind }) => kind === "end" || kind === "error"));
  }

  async say(word: unknown, seq?: number): Promise<void> {
    await this.until(() => this.frames.length > 0);
    const head = headers();
    if (seq !== undefined) head.set("Homeport-Seq", String(seq));
    const data = typeof word === "string" ? word : JSON.stringify(word);
    this.#client.connection.publish(String(this.json("open")["credit"]), data, seq === undefined ? {} : { headers: head });
  }

  #heard(message: Msg): void {
    const kind = message.headers?.get("Homeport-Kind") ?? "";
    this.frames.push({ seq: Number(message.headers?.get("Homeport-Seq")), kind, text: message.string() });
    for (const look of [...this.#looks]) look();
  }
}

const chat = { model: "llama3.2", stream: true, messages: [{ role: "user", content: "Hi" }] };

describe.skipIf(natsMissing !== undefined)("calls that stream", () => {
  it("come as numbered frames without gaps: open, head, the answer's own bytes, end", async () => {
    const { client, errors } = await set();
    const call = new Call(client, {}, chat);
    await call.over();
    expect(call.frames.map(({ seq }) => seq)).toEqual(call.frames.map((_, at) => at));
    expect(call.kinds).toMatch(/^open head( data)+ end$/);
    expect(call.json("head")).toMatchObject({ status: 200, headers: { "content-type": expect.stringContaining("text/event-stream") } });
    expect(call.json("head")["credit"]).toBe(call.json("open")["credit"]);
    expect(call.text).toMatch(/^data: \{[\s\S]*data: \[DONE\]\n\n$/);
    expect(errors).toEqual([]);
  });

  it("F46: wait for grants: no more data is under way than was granted, and the runtime is held back meanwhile", async () => {
    const { client } = await set({ replyTokens: 40 });
    const call = new Call(client, { window: 2 }, chat);
    await call.until(() => call.data.length === 2);
    await client.connection.flush();
    expect(call.data).toHaveLength(2);
    await call.say({ grant: 3 });
    await call.until(() => call.data.length === 5);
    await client.connection.flush();
    expect(call.data).toHaveLength(5);
    await call.say({ grant: 1_000 });
    await call.over();
    expect(call.text.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  it("R-13: a cancel ends the call at the runtime at once, and nothing follows", async () => {
    const { client, runtime } = await set({ replyTokens: 10_000, tokensPerSecond: 50 });
    const call = new Call(client, {}, chat);
    await call.until(() => call.data.length > 1);
    await call.say({ cancel: true });
    await runtime.record.until(() => runtime.record.to(chats).some(({ abortedAt }) => abortedAt !== undefined));
    expect(call.kinds).not.toContain("end");
  });

  it("a cancel before the first token reaches the runtime too", async () => {
    const { client, runtime } = await set({ firstTokenMs: 600_000 });
    const call = new Call(client, {}, chat);
    await runtime.record.until(() => runtime.record.open === 1);
    await call.say({ cancel: true });
    await runtime.record.until(() => runtime.record.open === 0);
  });

  it("beat while there is nothing to say", async () => {
    const clock = new FakeClock(Date.now());
    const { client, runtime } = await set({ firstTokenMs: 600_000 }, { clock });
    const call = new Call(client, {}, chat);
    await runtime.record.until(() => runtime.record.open === 1);
    clock.advance(heartbeatMs);
    clock.advance(heartbeatMs);
    await call.until(() => call.kinds.endsWith("beat"));
    clock.advance(heartbeatMs);
    await call.until(() => call.kinds.endsWith("beat beat"));
  });

  it("F64: where NATS goes away in the middle, the runtime is let go at once", async () => {
    const { client, runtime, server } = await set({ replyTokens: 10_000, tokensPerSecond: 50 });
    const call = new Call(client, {}, chat);
    await call.until(() => call.data.length > 1);
    await server.stop();
    await runtime.record.until(() => runtime.record.to(chats).some(({ abortedAt }) => abortedAt !== undefined));
  });

  it("take a body in parts, in order", async () => {
    const { client, runtime } = await set();
    const body = JSON.stringify(chat);
    const call = new Call(client, { parts: 2 }, body.slice(0, 10));
    await call.say(body.slice(10, 20), 1);
    await call.say(body.slice(20), 2);
    await call.over();
    expect(call.kinds).toMatch(/end$/);
    expect(runtime.record.to(chats)[0]?.body.toString("utf8")).toContain('"Hi"');
    const gap = new Call(client, { parts: 2 }, body.slice(0, 10));
    await gap.say(body.slice(20), 2);
    await gap.over();
    expect(gap.json("error")).toMatchObject({ code: "INVALID_REQUEST" });
  });

  it.each([
    ["a model that is not there", { model: "gone", messages: [] }, {}, 404],
    ["a body that is no JSON", "{", {}, 400],
    ["a path that is not served", {}, { path: "/api/delete" }, 404],
    ["a method that is not served", {}, { method: "DELETE" }, 404],
    ["F66: a deadline that has passed", chat, { deadline_ts: 1_700_000_000_000 }, 504],
  ])("refuse %s as HTTP would", async (_, body, wish, status) => {
    const { client, runtime } = await set();
    const call = new Call(client, wish, body);
    await call.over();
    expect(call.json("head")).toMatchObject({ status });
    expect(JSON.parse(call.text)).toHaveProperty("error");
    expect(runtime.record.to(chats)).toHaveLength(0);
  });

  it("S-93: what is no call is answered so and counted, and words about calls that are not here are passed over", async () => {
    const { client, errors } = await set();
    const call = new Call(client, { method: "BREW" }, chat);
    await call.over();
    expect(call.frames).toMatchObject([{ seq: 0, kind: "error" }]);
    client.connection.publish("node.beast.call.AAAA", JSON.stringify({ cancel: true }));
    // Held by its window until the word that is none was said: a call that is over hears nothing.
    const good = new Call(client, { window: 1 }, chat);
    await good.say("not json");
    await good.say({ grant: 1_000 });
    await good.over();
    expect(good.kinds).toMatch(/end$/);
    const stats = JSON.stringify(await client.ask("$SRV.STATS.homeport-worker", ""));
    expect(stats).toContain('"dropped":2');
    expect(errors).toEqual([]);
  });

  it("Ollama's dialect streams too, and /api/show is answered", async () => {
    const { client } = await set();
    const call = new Call(client, { path: "/api/chat" }, chat);
    await call.over();
    expect(call.text).toContain('"done":true');
    const shown = new Call(client, { path: "/api/show" }, { model: "llama3.2" });
    await shown.over();
    expect(JSON.parse(shown.text)).toHaveProperty("details");
  });
});
