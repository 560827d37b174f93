import { createServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { NodeId } from "../../src-core/contract/ids.ts";
import { post, RawClient } from "../ingress/raw-client.ts";
import { startHome } from "../support/gateway.ts";
import { chat } from "./caller.ts";

const chats = "/v1/chat/completions";
const requests = 10_000;
const lines = 10;
/** Sent at once on one connection. */
const pipelined = 10;

const answerTo = (id: string) => ({
  id,
  object: "chat.completion",
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: id } }],
});

/** A node that says the client's mark back: in an answer, in a refusal, or with the last words on its connection. */
async function echoing(): Promise<string> {
  const server = createServer((asked, response) => {
    response.setHeader("content-type", "application/json");
    if (asked.method === "GET") return void response.end('{"object":"list","data":[{"id":"m","object":"model"}]}');
    let body = "";
    asked.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    asked.on("end", () => {
      const id = /"user":"(id-\d+)"/.exec(body)?.[1] ?? "";
      if (id.endsWith("3")) response.writeHead(400).end(JSON.stringify({ error: { message: `not ${id}` } }));
      else response.writeHead(200, id.endsWith("7") ? { connection: "close" } : {}).end(JSON.stringify(answerTo(id)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

/** What a request with this number sends, and what its answer must be. */
function exchange(port: number, number: number): { readonly text: string; readonly status: number; readonly holds: string } {
  const id = `id-${number}`;
  if (number % 10 === 5) return { text: post(port, chats, `{"user":"${id}`), status: 400, holds: "JSON" };
  if (number % 10 === 9) return { text: post(port, chats, JSON.stringify(chat(`none-${id}-`))), status: 404, holds: `none-${id}-` };
  const text = post(port, chats, JSON.stringify(chat("m", { user: id })));
  return { text, status: number % 10 === 3 ? 400 : 200, holds: `${id}"` };
}

test("F49: of 10,000 pipelined requests on connections that outlive every kind of error, each gets its own answer", async () => {
  const config = { nodes: [{ id: NodeId.parse("echo"), kind: "openai-compatible" as const, url: await echoing(), slots: 64 }] };
  const home = await startHome({ nodes: {}, config });
  const mixed: string[] = [];
  const line = async (first: number) => {
    const client = new RawClient(home.port);
    for (let batch = first; batch < first + requests / lines; batch += pipelined) {
      const exchanges = Array.from({ length: pipelined }, (_, index) => exchange(home.port, batch + index));
      client.send(exchanges.map(({ text }) => text).join(""));
      for (const { status, holds } of exchanges) {
        const answer = await client.answer();
        if (answer.status !== status || !answer.body.includes(holds)) mixed.push(`${holds}: ${answer.status} ${answer.body.slice(0, 120)}`);
      }
    }
    client.close();
  };
  await Promise.all(Array.from({ length: lines }, (_, index) => line((index * requests) / lines)));
  expect(mixed).toEqual([]);
  expect(home.count("request-finished")).toBe(requests * 0.9);
  expect(home.errors).toEqual([]);
}, 120_000);
