// What the recordings do not hold: crashes, odd servers, quoted markers, and failures told in each dialect.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fail } from "../../src-core/contract/failure.ts";
import { NodeId } from "../../src-core/contract/ids.ts";
import { wires } from "../../src-core/dialects/wires.ts";

const { openai, ollama, anthropic } = wires;

function chunk(choice: unknown, more: object = {}): string {
  return `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", model: "m", choices: [choice], ...more })}`;
}

const delta = (fields: object) => chunk({ index: 0, delta: fields, finish_reason: null });

describe("OpenAI content", () => {
  it.each([
    ["a role with null content", delta({ role: "assistant", content: null })],
    ["a role with empty everything", delta({ role: "assistant", content: "", tool_calls: [], reasoning_content: null })],
    ["a comment that keeps the connection alive", ": ping"],
    ["an event name alone", "event: message"],
    ["the chunk of a crashed Ollama", chunk({ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }, { model: "" })],
    ["the completion chunk of a crashed Ollama", chunk({ text: "", index: 0, finish_reason: null }, { model: "" })],
    ["a filter report before any choice", 'data: {"choices":[],"prompt_filter_results":[]}'],
  ])("F12: %s is not content, so a node that fails after it can still be replaced", (_, frame) => {
    expect(openai.isContent(frame)).toBe(false);
  });

  it.each([
    ["words", delta({ content: "hi" })],
    ["a space", delta({ content: " " })],
    ["reasoning", delta({ role: "assistant", reasoning_content: "hm" })],
    ["reasoning by its other name", delta({ reasoning: "hm" })],
    ["a tool call", delta({ tool_calls: [{ index: 0, function: { name: "f", arguments: "" } }] })],
    ["a refusal", delta({ refusal: "no" })],
    ["audio", delta({ audio: { data: "AA" } })],
    ["a delta of tomorrow", delta({ hologram: "x" })],
    ["a completion's text", chunk({ text: "hi", index: 0, finish_reason: null })],
    ["a finish without words", chunk({ index: 0, delta: {}, finish_reason: "stop" })],
    ["the usage chunk", 'data: {"choices":[],"usage":{"prompt_tokens":1}}'],
    ["progress of the prompt that the client asked for", chunk({ index: 0, delta: {} }, { prompt_progress: { total: 9, processed: 3 } })],
    ["the done marker", "data: [DONE]"],
    ["an object that is no chunk", 'data: {"hello":1}'],
    ["no JSON at all", "data: hello"],
  ])("%s is content: holding it back would lose it", (_, frame) => {
    expect(openai.isContent(frame)).toBe(true);
  });
});

describe("the end of an OpenAI stream", () => {
  it("F14: an answer that quotes the markers does not end the stream", () => {
    const quoting = `${delta({ content: 'send\ndata: [DONE]\nor "finish_reason":"stop"' })}\n\n`;
    expect(openai.terminated(quoting, "chat")).toBe(false);
  });

  it("F14: Ollama's crashed stream ends cleanly and is not finished", () => {
    const crashed = `${delta({ content: "hi" })}\n\n${chunk({ index: 0, delta: { content: "" }, finish_reason: null }, { model: "" })}\n\n`;
    expect(openai.terminated(crashed, "chat")).toBe(false);
  });

  it("a server that leaves [DONE] out but told why it finished has finished", () => {
    expect(openai.terminated(`${chunk({ index: 0, delta: {}, finish_reason: "stop" })}\n\n`, "chat")).toBe(true);
  });

  it("the marker is understood without its space and with CRLF", () => {
    expect(openai.terminated("data:[DONE]\r\n\r\n", "chat")).toBe(true);
  });

  it("F14: an embedding that was cut in the middle is not finished", () => {
    expect(openai.terminated('{"data":[{"embedding":[0.1,0.2', "embedding")).toBe(false);
    expect(openai.terminated('.1,0.2]}],"usage":{"prompt_tokens":3}}\n', "embedding")).toBe(true);
  });
});

describe("Ollama lines", () => {
  it.each([
    ["an empty message", '{"model":"m","created_at":"t","message":{"role":"assistant","content":""},"done":false}', false],
    ["an empty response", '{"model":"m","created_at":"t","response":"","done":false}', false],
    ["words", '{"model":"m","message":{"role":"assistant","content":"hi"},"done":false}', true],
    ["thinking", '{"model":"m","message":{"role":"assistant","content":"","thinking":"hm"},"done":false}', true],
    ["a tool call", '{"model":"m","message":{"role":"assistant","content":"","tool_calls":[{"function":{}}]},"done":false}', true],
    ["an empty answer's end", '{"model":"m","message":{"role":"assistant","content":""},"done":true}', true],
    ["a line of another kind", '{"status":"pulling"}', true],
    ["no JSON", "hello", true],
  ])("F12: %s", (_, line, content) => {
    expect(ollama.isContent(line)).toBe(content);
  });

  it("F14: a last line so long that the tail holds only its end is still the last line", () => {
    const context = Array.from({ length: 9000 }, (__, index) => index);
    const last = `${JSON.stringify({ model: "m", response: "", done: true, context, total_duration: 9, prompt_eval_count: 25, eval_count: 5, eval_duration: 1e9 })}\n`;
    const tail = last.slice(-4096);
    expect(ollama.terminated(tail, "completion")).toBe(true);
    expect(ollama.usageIn(tail)).toEqual({ tokensIn: 25, tokensOut: 5, tokensPerSecond: 5, estimated: false });
    expect(ollama.terminated(last.slice(-4096, -9), "completion")).toBe(false);
  });

  it("F14: words about being done do not end a stream", () => {
    expect(ollama.terminated('{"model":"m","response":"{\\"done\\":true}","done":false}\n', "chat")).toBe(false);
  });
});

describe("errors told inside an answer", () => {
  it.each([
    ["F13: an error event", openai, 'data: {"error":{"message":"boom","type":"server_error"}}', "boom"],
    ["F13: an error event after an event name", openai, 'event: error\ndata: {"error":{"message":"boom"}}', "boom"],
    ["F13: a bare text of the llama-server router", openai, "proxy error: Failed to read connection", "Failed to read connection"],
    ["F13: the same after a role", openai, `${delta({ role: "assistant" })}\n\nproxy error: Failed to read connection`, "Failed to read"],
    ["F13: an event after a role", openai, `${delta({ role: "assistant" })}\n\ndata: {"error":{"message":"boom"}}`, "boom"],
    ["F13: a line after an empty one", ollama, '{"response":"","done":false}\n{"error":"boom"}', "boom"],
    ["F13: Ollama's last line", ollama, '{"error":"an error was encountered while running the model: unexpected EOF"}', "unexpected EOF"],
    [
      "F13: an Anthropic error event",
      anthropic,
      'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"boom"}}',
      "boom",
    ],
  ])("%s breaks the stream, in the node's own words", (_, wire, frame, words) => {
    const told = wire.failureIn(frame);
    expect(told?.kind).toBe("stream-broken");
    expect(told?.message).toContain(words);
  });

  it.each([
    "CUDA error: out of memory",
    "ggml_backend_cuda_buffer_type_alloc_buffer: allocating 9 MiB on device 0: cudaMalloc failed: out of memory",
    "model requires more system memory (9.1 GiB) than is available (3.2 GiB)",
    "vk::Device::allocateMemory: ErrorOutOfDeviceMemory",
    "torch.cuda.OutOfMemoryError: tried to allocate",
    "llama-server reported out-of-memory during startup",
    "killed: OOM",
  ])("F25: %s means memory ran out", (words) => {
    expect(ollama.failureIn(JSON.stringify({ error: words }))?.kind).toBe("out-of-memory");
  });

  it.each(["no room left in the queue", "zoom level unknown", "bloom filter broken", "failed to load model: bad magic"])(
    "F25: %s does not",
    (words) => {
      expect(ollama.failureIn(JSON.stringify({ error: words }))?.kind).toBe("stream-broken");
    },
  );

  it("an answer that talks about errors is no error", () => {
    expect(openai.failureIn(delta({ content: 'proxy error: {"error":"x"}\nproxy error: y' }))).toBeUndefined();
    expect(openai.failureIn('data: {"choices":[],"error":null}')).toBeUndefined();
    expect(ollama.failureIn('{"response":"{\\"error\\":\\"x\\"}","done":false}')).toBeUndefined();
  });

  it("a node's endless error is told in at most 600 characters", () => {
    const told = ollama.failureIn(JSON.stringify({ error: "x".repeat(100_000) }));
    expect(told?.detail?.length).toBe(600);
    expect(told?.message.length).toBeLessThan(700);
  });
});

describe("failures in the client's dialect", () => {
  const reasons = [{ node: NodeId.parse("attic"), because: "node-down", says: "down: refused" }];
  const failure = fail("no-candidate", 'Nobody can serve "x" now.', { reasons, near: ["y"], retryAfterMs: 5000 });

  it("OpenAI clients get OpenAI's four fields first, and Homeport named as the source", () => {
    const { error } = JSON.parse(openai.failureBody(failure, "r-1"));
    expect(error).toEqual({
      message: failure.message,
      type: "server_error",
      param: null,
      code: "service_unavailable",
      source: "homeport",
      reasons,
      near: ["y"],
      request_id: "r-1",
    });
  });

  it("Ollama and Anthropic clients get the envelope their libraries read", () => {
    expect(JSON.parse(ollama.failureBody(failure, "r-1"))).toEqual({ error: failure.message });
    expect(JSON.parse(anthropic.failureBody(failure, "r-1"))).toEqual({
      type: "error",
      error: { type: "overloaded_error", message: failure.message },
      request_id: "r-1",
    });
  });

  it.each(["openai", "ollama", "anthropic", "responses"] as const)(
    "F13: a failure inside an %s stream is told in whole frames and no terminator",
    (dialect) => {
      const wire = wires[dialect];
      const frame = wire.failureFrame(fail("stream-broken", "line one\n\nline two"));
      expect(frame.endsWith(wire.frameEnd)).toBe(true);
      // Clients of Responses listen to one of two events.
      expect(frame.split(wire.frameEnd)).toHaveLength(dialect === "responses" ? 3 : 2);
      expect(wire.terminated(frame, "chat")).toBe(false);
      expect(wire.failureIn(frame.slice(0, -wire.frameEnd.length))?.message).toContain("line one");
    },
  );
});

describe.each(["openai", "ollama", "anthropic", "responses"] as const)("R-11: a sign of life in an %s stream", (dialect) => {
  it.each(["chat", "completion"] as const)("is one whole frame of a %s that is no content, no failure and no end", (task) => {
    const wire = wires[dialect];
    const frame = wire.keepAliveFrame({ task, model: "m" }, 0);
    expect(frame.split(wire.frameEnd)).toEqual([expect.stringMatching(/./), ""]);
    const inside = frame.slice(0, -wire.frameEnd.length);
    expect([wire.isContent(inside), wire.failureIn(inside), wire.terminated(frame, task)]).toEqual([false, undefined, false]);
  });
});

it.each(["openai", "ollama", "anthropic", "responses"] as const)("no text a node may send makes the %s wire throw", (dialect) => {
  const wire = wires[dialect];
  const bits = fc.constantFrom(
    '{"usage":',
    '"usage"',
    "data: ",
    '{"error":',
    "[]",
    "{}",
    "null",
    "}",
    "\n\n",
    '"timings":{',
    '"eval_count":',
    "[DONE]",
  );
  const text = fc.array(fc.oneof(bits, fc.string(), fc.json()), { maxLength: 12 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, (frame) => {
      wire.isContent(frame);
      wire.failureIn(frame);
      wire.terminated(frame, "chat");
      wire.usageIn(frame);
    }),
    { numRuns: 300 },
  );
});
