// Pictures that clients name by an address: passed on to nodes that fetch them themselves, fetched by Homeport for nodes that cannot.
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { expect, it } from "vitest";
import type { ConfigDocument } from "../../src-core/contract/config.ts";
import { startHome } from "../support/gateway.ts";
import { jpeg, png, sends, servePictures } from "../support/pictures.ts";
import { call, send } from "./caller.ts";

const seeing = { warm: true, replyTokens: 3 };

function house(images: ConfigDocument["images"] = { fetchPrivate: true }) {
  return startHome({
    nodes: {
      attic: { kind: "ollama", models: [{ ...seeing, name: "eyes", capabilities: ["completion", "vision", "tools"] }] },
      studio: { kind: "llama-server", models: [{ ...seeing, name: "own-eyes", capabilities: ["completion", "vision", "tools"] }] },
    },
    config: { images },
  });
}
type House = Awaited<ReturnType<typeof house>>;

/** What the node was sent in its last inference call. */
function sentTo(home: House, node: "attic" | "studio"): string {
  return (
    home
      .at(node)
      .record.requests.findLast(({ inference }) => inference)
      ?.body.toString() ?? ""
  );
}

const picture = (url: string) => ({ type: "image_url" as const, image_url: { url } });
const ask = (model: string, ...urls: string[]) => ({
  model,
  // A number that would not survive being parsed and written again.
  seed: 3.0,
  messages: [{ role: "user", content: [{ type: "text", text: "What is it?" }, ...urls.map(picture)] }],
});

it("S-42: an OpenAI client's address becomes base64 for Ollama, and nothing else of its body is touched", async () => {
  const server = await servePictures(sends(png, "image/png"));
  const home = await house();
  const client = new OpenAI({ baseURL: `${home.url}/v1`, apiKey: "any", maxRetries: 0 });
  const url = `${server.url}/a.png`;
  const said = await client.chat.completions.create({
    model: "eyes",
    messages: [{ role: "user", content: [{ type: "text", text: "What is it?" }, picture(url), picture(url)] }],
  });
  expect(said.choices[0]?.finish_reason).toBe("stop");
  const data = `data:image/png;base64,${png.toString("base64")}`;
  expect(JSON.parse(sentTo(home, "attic"))).toMatchObject({
    messages: [{ content: [{ text: "What is it?" }, picture(data), picture(data)] }],
  });
  expect(server.asked.length).toBe(1);
  const whole = JSON.stringify(ask("eyes", url)).replace("3,", "3.0,");
  const raw = await fetch(`${home.url}/v1/chat/completions`, {
    method: "POST",
    body: whole,
    headers: { "content-type": "application/json" },
  });
  expect(raw.status).toBe(200);
  expect(sentTo(home, "attic")).toBe(whole.replace(url, data));
});

it("an Anthropic client's address, also in a tool's result, reaches Ollama as bytes", async () => {
  const server = await servePictures(sends(jpeg, "image/jpeg"));
  const home = await house();
  const client = new Anthropic({ baseURL: home.url, apiKey: "any", maxRetries: 0 });
  const image = { type: "image" as const, source: { type: "url" as const, url: `${server.url}/b.jpg` } };
  await client.messages.create({
    model: "eyes",
    max_tokens: 16,
    messages: [
      { role: "user", content: [image] },
      { role: "assistant", content: [{ type: "tool_use", id: "t", name: "look", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: [image] }] },
    ],
    tools: [{ name: "look", input_schema: { type: "object" } }],
  });
  expect(sentTo(home, "attic").split(jpeg.toString("base64")).length - 1).toBe(2);
  expect(sentTo(home, "attic")).not.toContain(server.url);
});

it("a client of Responses may name its picture too", async () => {
  const server = await servePictures(sends(png, "image/png"));
  const home = await house();
  const client = new OpenAI({ baseURL: `${home.url}/v1`, apiKey: "any", maxRetries: 0 });
  const image = { type: "input_image" as const, detail: "auto" as const, image_url: `${server.url}/a.png` };
  const said = await client.responses.create({ model: "eyes", store: false, input: [{ role: "user", content: [image] }] });
  expect(said.status).toBe("completed");
  expect(sentTo(home, "attic")).toContain(png.toString("base64"));
});

it("a node that takes addresses gets them as they are, and Homeport asks nobody", async () => {
  const server = await servePictures(sends(png, "image/png"));
  const home = await house();
  const url = `${server.url}/a.png`;
  expect((await call(home.url, "/v1/chat/completions", ask("own-eyes", url))).status).toBe(200);
  expect(sentTo(home, "studio")).toContain(url);
  expect(server.asked.length).toBe(0);
});

it("S-40, S-41: what may not be fetched is the client's 400 in its own words, naming field and host, and no node hears of it", async () => {
  const server = await servePictures(sends(png, "image/png"));
  const home = await house({});
  const addresses = [
    `${server.url}/a.png?token=secret`,
    "http://169.254.169.254/latest/meta-data",
    "https://user:secret@pictures.example/",
  ];
  for (const url of addresses) {
    const refused = await call(home.url, "/v1/chat/completions", ask("eyes", url));
    const host = new URL(url).host;
    expect([refused.status, refused.json]).toMatchObject([
      400,
      { error: { type: "invalid_request_error", param: "messages.0.content.1.image_url.url", message: expect.stringContaining(host) } },
    ]);
    expect(refused.text).not.toContain("secret");
  }
  expect([server.asked.length, sentTo(home, "attic"), home.errors]).toEqual([0, "", []]);
});

it("the settings can forbid all fetching, and more than sixteen pictures are not fetched", async () => {
  const server = await servePictures(sends(png, "image/png"));
  const closed = await house({ fetch: false, fetchPrivate: true });
  const refused = await call(closed.url, "/v1/chat/completions", ask("eyes", server.url));
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("images.fetch")]);
  const open = await house();
  const many = Array.from({ length: 17 }, (_, i) => `${server.url}/${i}.png`);
  expect((await call(open.url, "/v1/chat/completions", ask("eyes", ...many))).status).toBe(400);
  expect(server.asked.length).toBe(0);
  expect((await call(open.url, "/v1/chat/completions", ask("eyes", ...many.slice(1)))).status).toBe(200);
  expect(server.asked.length).toBe(16);
});

it("one picture that fails ends the other fetches, and the client is told which", async () => {
  const ended = Promise.withResolvers<void>();
  const silent = await servePictures((asked) => asked.once("close", () => ended.resolve()));
  const lost = await servePictures((_asked, response) => {
    response.writeHead(404).end();
  });
  const home = await house();
  const refused = await call(home.url, "/v1/chat/completions", ask("eyes", silent.url, lost.url));
  expect([refused.status, refused.json]).toMatchObject([400, { error: { param: "messages.0.content.2.image_url.url" } }]);
  await ended.promise;
});

it("R-13: a client that leaves while its picture is fetched ends the fetch, and no node is asked", async () => {
  const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const server = await servePictures((asked) => {
    asked.once("close", () => ended.resolve());
    begun.resolve();
  });
  const home = await house();
  const leaver = send(home.url, "/v1/chat/completions", ask("eyes", server.url));
  await begun.promise;
  leaver.leave();
  await ended.promise;
  expect(await home.happened("request-finished")).toMatchObject({ outcome: "client-gone" });
  expect(sentTo(home, "attic")).toBe("");
});
