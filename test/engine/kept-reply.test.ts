// A reply that is looked at on its way: what is told of it is what the client got, and only where that was a whole answer.
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src-core/dialects/shapes.ts";
import type { ClientReply } from "../../src-core/engine/exchange.ts";
import { KeptReply } from "../../src-core/engine/kept-reply.ts";

class Client implements ClientReply {
  readonly parts: Buffer[] = [];
  headSent = false;
  destroyed = false;

  head(): void {
    this.headSent = true;
  }

  write(chunk: Buffer): boolean {
    this.parts.push(chunk);
    return this.parts.length < 3;
  }

  onDrain(): void {}

  end(chunk?: Buffer): void {
    if (chunk !== undefined) this.parts.push(chunk);
  }

  destroy(): void {
    this.destroyed = true;
  }

  onGone(): void {}
}

function begin(contentType: string, status = 200) {
  const client = new Client();
  const told: JsonObject[] = [];
  const reply = new KeptReply(client, (response) => void told.push(response));
  reply.head(status, { "content-type": contentType });
  return { client, told, reply };
}

const json = "application/json; charset=utf-8";
const sse = "text/event-stream; charset=utf-8";
const response = { object: "response", id: "resp_1", status: "completed", output: [] };
const frame = (type: string, rest: object) => Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`);
const delta = (text: string) => frame("response.output_text.delta", { delta: text });
const completed = frame("response.completed", { response });

describe("a whole answer", () => {
  it("is told once it is out, however it was cut", () => {
    const { client, told, reply } = begin(json);
    const bytes = Buffer.from(JSON.stringify(response));
    reply.write(bytes.subarray(0, 9));
    expect(told).toEqual([]);
    reply.end(bytes.subarray(9));
    expect(told).toEqual([response]);
    expect(Buffer.concat(client.parts)).toEqual(bytes);
  });

  it.each([
    [json, 400, JSON.stringify(response)],
    [json, 200, JSON.stringify({ ...response, status: "failed" })],
    [json, 200, '{"object":"chat.completion","id":"x"}'],
    [json, 200, "{broken"],
  ])("of type %s and status %i that is none is not told: %s", (type, status, body) => {
    const { told, reply } = begin(type, status);
    reply.end(Buffer.from(body));
    expect(told).toEqual([]);
  });
});

describe("a stream", () => {
  it.each([
    ["alone", [delta("a"), delta("b"), completed]],
    ["in the last chunk with others", [delta("a"), Buffer.concat([delta("b"), completed])]],
    ["behind an answer that quotes its name", [delta('"type":"response.completed"'), delta("b"), completed]],
  ])("tells its last event, %s", (_, chunks) => {
    const { client, told, reply } = begin(sse);
    for (const chunk of chunks) reply.write(chunk);
    reply.end();
    expect(told).toEqual([response]);
    expect(Buffer.concat(client.parts)).toEqual(Buffer.concat(chunks));
  });

  it("that ended in a failure, or was cut, is not told", () => {
    const broken = begin(sse);
    broken.reply.write(delta("a"));
    broken.reply.end(frame("response.failed", { response: { ...response, status: "failed" } }));
    const cut = begin(sse);
    cut.reply.write(delta("a"));
    cut.reply.write(completed);
    cut.reply.destroy();
    expect([broken.told, cut.told, cut.client.destroyed]).toEqual([[], [], true]);
  });

  it("passes a client's slowness on", () => {
    const { reply } = begin(sse);
    expect([reply.write(delta("a")), reply.write(delta("b")), reply.write(delta("c"))]).toEqual([true, true, false]);
  });
});
