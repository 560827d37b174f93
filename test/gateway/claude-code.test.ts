// What Claude Code and other users of Anthropic's SDK need besides chatting (ux.md 7): lists, both ways of sending a key, the paths they try first.
import Anthropic, { AuthenticationError, BadRequestError, NotFoundError } from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { expect, it } from "vitest";
import { startHome } from "../support/gateway.ts";
import { call } from "./caller.ts";

const house = (config: object = {}, env: Readonly<Record<string, string>> = {}) =>
  startHome({
    nodes: {
      studio: { kind: "llama-server", models: [{ name: "org/big", warm: true, contextTokens: 8192, replyTokens: 3 }], slots: 1 },
      attic: { kind: "ollama", models: [{ name: "tiny", warm: true, replyTokens: 3 }] },
    },
    config: { aliases: { sonnet: "org/big" }, ...config },
    env,
  });
const hello = [{ role: "user" as const, content: "Say hello." }];

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

it("apis 3.4: both official clients list the same models at the same path, each in its own form, page by page", async () => {
  const home = await house();
  const anthropic = new Anthropic({ baseURL: home.url, apiKey: "any", maxRetries: 0 });
  const openai = new OpenAI({ baseURL: `${home.url}/v1`, apiKey: "any", maxRetries: 0 });
  const names = ["org/big", "sonnet", "tiny:latest"];
  const paged: string[] = [];
  for await (const { id, type } of anthropic.models.list({ limit: 1 })) {
    expect(type).toBe("model");
    paged.push(id);
  }
  expect(paged.sort()).toEqual(names);
  const listed: string[] = [];
  for await (const { id } of openai.models.list()) listed.push(id);
  expect(listed.sort()).toEqual(names);
  const one = await anthropic.models.retrieve("org/big");
  expect(one).toMatchObject({ id: "org/big", type: "model", display_name: "org/big", max_input_tokens: 8192 });
  expect(Number.isNaN(Date.parse(one.created_at))).toBe(false);
  expect(await anthropic.models.retrieve("sonnet")).toMatchObject({ id: "sonnet", type: "model" });
  expect(await openai.models.retrieve("org/big")).toMatchObject({ id: "org/big", object: "model" });
});

it("S-29: an unknown model and a page that cannot be are told in the words of who asked", async () => {
  const home = await house();
  const anthropic = new Anthropic({ baseURL: home.url, apiKey: "any", maxRetries: 0 });
  expect(await failureOf(anthropic.models.retrieve("nobody"))).toBeInstanceOf(NotFoundError);
  for (const asked of [{ limit: 0 }, { limit: 1001 }, { after_id: "nobody" }, { after_id: "sonnet", before_id: "sonnet" }]) {
    const failure = await failureOf(anthropic.models.list(asked).then((page) => page));
    expect(failure).toBeInstanceOf(BadRequestError);
    expect(failure).toMatchObject({ error: { type: "error", error: { type: "invalid_request_error" } } });
  }
  const plain = await call(home.url, "/v1/models/nobody");
  expect([plain.status, plain.json]).toMatchObject([404, { error: { code: "model_not_found" } }]);
});

it("ux 7: HEAD on the root, messages with a beta query and counted tokens answer Claude Code", async () => {
  const home = await house();
  const root = await fetch(`${home.url}/`, { method: "HEAD" });
  expect([root.status, await root.text()]).toEqual([200, ""]);
  const anthropic = new Anthropic({ baseURL: home.url, apiKey: "any", maxRetries: 0 });
  const said = await anthropic.beta.messages.create({ model: "sonnet", max_tokens: 16, messages: hello, betas: ["context-1m-2025-08-07"] });
  expect([said.type, said.model, said.usage.output_tokens]).toEqual(["message", "sonnet", 3]);
  expect((await anthropic.messages.countTokens({ model: "sonnet", messages: hello })).input_tokens).toBeGreaterThan(0);
});

it("ux 7, S-10: the key opens the door as x-api-key and as a bearer token, and a wrong one is Anthropic's own error", async () => {
  const home = await house({ gateway: { key: { env: "DOOR" } } }, { DOOR: "open-sesame" });
  const ask = (client: Anthropic) => client.messages.create({ model: "sonnet", max_tokens: 16, messages: hello });
  const common = { baseURL: home.url, maxRetries: 0 };
  const withKey = new Anthropic({ ...common, apiKey: "open-sesame", authToken: null });
  const withToken = new Anthropic({ ...common, apiKey: null, authToken: "open-sesame" });
  for (const client of [withKey, withToken]) {
    expect((await ask(client)).type).toBe("message");
    expect((await client.models.list()).data.length).toBe(3);
  }
  const wrong = new Anthropic({ ...common, apiKey: "sesame", authToken: null });
  expect(await failureOf(ask(wrong))).toBeInstanceOf(AuthenticationError);
  const refused = await failureOf(wrong.models.list().then((page) => page));
  expect(refused).toMatchObject({ status: 401, error: { type: "error", error: { type: "authentication_error" } } });
  // Neither way of sending it reaches a node.
  for (const { headers } of home.at("studio").record.requests) expect(JSON.stringify(headers)).not.toContain("sesame");
});
