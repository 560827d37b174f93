import { Ollama } from "ollama";
import { expect, test } from "vitest";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { call, hello } from "./caller.ts";

const attic: HomeNode = {
  kind: "ollama",
  version: "0.33.0",
  models: [
    { name: "tiny", warm: true, replyTokens: 3 },
    { name: "cold:8b", bytes: 5_000_000_000, replyTokens: 3 },
    { name: "vectors", warm: true, capabilities: ["embedding"] },
    { name: "endless", warm: true, replyTokens: 100_000, tokensPerSecond: 200 },
  ],
};
const messages = [...hello];

async function start() {
  const home = await startHome({ nodes: { attic } });
  return { home, client: new Ollama({ host: home.url }) };
}

test("the official client lists, shows what runs, shows a model and tells the version", async () => {
  const { client } = await start();
  const { models } = await client.list();
  expect(models.map(({ name }) => name).sort()).toEqual(["cold:8b", "endless:latest", "tiny:latest", "vectors:latest"]);
  expect((await client.ps()).models.map(({ name }) => name).sort()).toEqual(["endless:latest", "tiny:latest", "vectors:latest"]);
  expect((await client.show({ model: "tiny" })).details.family).toBe("llama");
  expect(await client.version()).toEqual({ version: "0.33.0" });
});

test("chat, generate, both streaming, and embed arrive as the client's types say", async () => {
  const { client } = await start();
  const said = await client.chat({ model: "tiny", messages });
  expect(said).toMatchObject({ model: "tiny", done: true, eval_count: 3 });
  let streamed = "";
  for await (const part of await client.chat({ model: "tiny", messages, stream: true })) streamed += part.message.content;
  expect(streamed).toBe(said.message.content);
  const whole = await client.generate({ model: "tiny:latest", prompt: "Once" });
  expect(whole).toMatchObject({ model: "tiny:latest", done: true });
  let generated = "";
  for await (const part of await client.generate({ model: "tiny:latest", prompt: "Once", stream: true })) generated += part.response;
  expect(generated).toBe(whole.response);
  const { embeddings } = await client.embed({ model: "vectors", input: ["a", "b"] });
  expect(embeddings.map((vector) => vector.length)).toEqual([64, 64]);
});

test("an empty prompt loads and keep_alive 0 unloads, and /api/ps tells it afterwards", async () => {
  const { home, client } = await start();
  const running = async () => (await client.ps()).models.map(({ name }) => name);
  expect(await client.generate({ model: "cold:8b", prompt: "" })).toMatchObject({ done: true, done_reason: "load", response: "" });
  expect(home.at("attic").record.loads).toEqual({ "cold:8b": 1 });
  expect(await running()).toContain("cold:8b");
  expect(await client.chat({ model: "cold:8b", messages: [], keep_alive: 0 })).toMatchObject({ done: true, done_reason: "unload" });
  await home.until(() => home.entry("attic", "cold:8b")?.residency.state === "cold");
  expect(home.at("attic").inMemory).not.toContain("cold:8b");
  expect(await running()).not.toContain("cold:8b");
});

test("an embedding model is loaded by the call that needs it", async () => {
  const home = await startHome({ nodes: { attic: { kind: "ollama", models: [{ name: "vectors", capabilities: ["embedding"] }] } } });
  const { embeddings } = await new Ollama({ host: home.url }).embed({ model: "vectors", input: "a" });
  expect(embeddings.length).toBe(1);
  expect(home.at("attic").record.loads).toEqual({ vectors: 1 });
});

test("R-13: abort in the client ends the stream at the node", async () => {
  const { home, client } = await start();
  const stream = await client.chat({ model: "endless", messages, stream: true });
  const heard = (async () => {
    for await (const _ of stream) stream.abort();
  })();
  await expect(heard).rejects.toThrow(/abort/i);
  const { record } = home.at("attic");
  await record.until(() => record.to("/api/chat").some(({ abortedAt }) => abortedAt !== undefined));
});

test("errors are the client's ResponseError with status and words; a bare HTML page would be neither", async () => {
  const { client } = await start();
  await expect(client.chat({ model: "tinny", messages })).rejects.toMatchObject({
    status_code: 404,
    error: expect.stringContaining("tiny"),
  });
  await expect(client.pull({ model: "anything" })).rejects.toMatchObject({ status_code: 403 });
  await expect(client.generate({ model: "tiny", prompt: "a", keep_alive: "bad" })).rejects.toMatchObject({ status_code: 400 });
});

test("R-12: a line with an error in the middle of a stream raises in the client", async () => {
  const { home, client } = await start();
  home.at("attic").fault({ fault: "drop-after", frames: 2 }, { path: "/api/chat" });
  let said = "";
  const heard = (async () => {
    for await (const part of await client.chat({ model: "tiny", messages, stream: true })) said += part.message.content;
  })();
  await expect(heard).rejects.toThrow(/attic broke off/);
  expect(said).not.toBe("");
});

test("every answer carries x-homeport headers, and a cold one says how long the load took", async () => {
  const home = await startHome({ nodes: { attic: { kind: "ollama", models: [{ name: "cold", loadMs: 30, replyTokens: 2 }] } } });
  const { headers } = await call(home.url, "/api/chat", { model: "cold", messages });
  expect(headers).toMatchObject({
    "x-homeport-request": expect.any(String),
    "x-homeport-node": "attic",
    "x-homeport-model": "cold:latest",
    "x-homeport-attempts": "1",
    "x-homeport-decided-by": "only",
  });
  expect(Number(headers["x-homeport-cold-load-ms"])).toBeGreaterThanOrEqual(30);
  expect((await call(home.url, "/api/chat", { model: "cold", messages })).headers["x-homeport-cold-load-ms"]).toBeUndefined();
  expect((await call(home.url, "/api/tags")).headers["x-homeport-request"]).toEqual(expect.any(String));
});
