// The official clients against a real llama-server through the whole gateway: translated from every dialect, streamed and whole, with the node's own
// counts, and a schema kept or refused. What the model says is noise; that it arrives, ends and is counted is not.
import { expect, onTestFinished, test } from "vitest";
import { NodeId } from "../../src-core/contract/ids.ts";
import type { FaceKind } from "../conformance/face.ts";
import { anthropicMessages } from "../conformance/face-anthropic.ts";
import { ollamaChat } from "../conformance/face-ollama.ts";
import { openaiChat } from "../conformance/face-openai.ts";
import { openaiResponses } from "../conformance/face-responses.ts";
import { startHome } from "../support/gateway.ts";
import { lacksModelFile, realLlamaServer } from "./real-llama-server.ts";

const binary = process.env["LLAMA_SERVER"];
const kinds: readonly FaceKind[] = [openaiChat, openaiResponses, anthropicMessages, ollamaChat];
const schema = {
  type: "object" as const,
  properties: { width: { type: "number" as const }, height: { type: "number" as const } },
  required: ["width", "height"],
  additionalProperties: false as const,
};

if (binary !== undefined && lacksModelFile() === undefined)
  test.each(kinds)("$name on a real llama-server: whole, streamed, counted, and with a schema", async (kind) => {
    const node = await realLlamaServer(binary, "single");
    onTestFinished(() => node.stop());
    const home = await startHome({ nodes: {}, config: { nodes: [{ id: NodeId.parse("real"), kind: "llama-server", url: node.url }] } });
    const face = kind.at(home.url, fetch);
    const ask = { model: node.model, text: "hello there", usage: true };
    for (const heard of [await face.whole(ask), await face.stream(ask)]) {
      expect(heard.text.length + heard.thinking.length).toBeGreaterThan(0);
      expect([heard.input, heard.output].map((count) => (count ?? 0) > 0)).toEqual([true, true]);
    }
    // The words that a tiny model knows do not make JSON: its server refuses the grammar, and says so in words that must arrive.
    const kept = await face.stream({ ...ask, schema }).catch((error: unknown) => face.refusal(error));
    if ("status" in kept) expect(kept).toMatchObject({ status: 400, message: expect.stringContaining("Failed to initialize samplers") });
    else expect(JSON.parse(kept.text)).toEqual({ width: expect.any(Number), height: expect.any(Number) });
    expect(home.errors).toEqual([]);
  });
else test.skip("official clients on a real llama-server: LLAMA_SERVER is not set, or no model can be made", () => {});
