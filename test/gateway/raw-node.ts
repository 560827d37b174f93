// A node whose answers a test writes itself, byte by byte: for what no simulated server would send.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { NodeConfig } from "../../src-core/contract/config.ts";
import { NodeId } from "../../src-core/contract/ids.ts";

export interface RawNode {
  readonly config: Pick<NodeConfig, "id" | "kind" | "url">;
  /** Inference calls, as received. */
  readonly calls: readonly { readonly request: IncomingMessage; readonly body: Buffer }[];
}

/** Every list a kind may ask for, in one: one model called `m` and, where the kind knows aliases, `also-m`, in memory. */
const lists = {
  object: "list",
  data: [{ id: "m", aliases: ["also-m"], object: "model", created: 1, owned_by: "llamacpp" }],
  models: [{ name: "m:latest", model: "m:latest", size: 1, digest: "d", details: {} }],
};

/** A server, OpenAI-compatible where the test does not say otherwise, with one model called `m`. `answer` gets each inference call. */
export async function startRawNode(id: string, answer: (response: ServerResponse, nth: number) => void): Promise<RawNode> {
  const calls: { request: IncomingMessage; body: Buffer }[] = [];
  const server = createServer(async (request, response) => {
    response.on("error", () => undefined);
    if (request.method === "GET") {
      response.setHeader("content-type", "application/json");
      return void response.end(JSON.stringify(lists));
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    calls.push({ request, body: Buffer.concat(chunks) });
    answer(response, calls.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { config: { id: NodeId.parse(id), kind: "openai-compatible", url: `http://127.0.0.1:${portOf(server.address())}` }, calls };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("A raw node listens on a TCP port.");
  return address.port;
}

/** The head of an event stream. */
export function beginEvents(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
}

/** One event of an OpenAI chat stream. */
export function chunk(delta: object, finish: string | null = null): string {
  return `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", model: "m", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
}

export const roleFrame = chunk({ role: "assistant", content: null });
export const finishFrames = `${chunk({}, "stop")}data: [DONE]\n\n`;
