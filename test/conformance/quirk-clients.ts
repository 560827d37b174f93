// The three official clients behind one question: what did you hear? Whole or streamed; whatever they throw is thrown on.
import Anthropic from "@anthropic-ai/sdk";
import { Ollama } from "ollama";
import OpenAI from "openai";
import { z } from "zod";
import { parsed } from "../../src-core/dialects/shapes.ts";

/** An answer as a client's own types tell it. `finish` is the dialect's word; `tokensOut` undefined where nothing was said. */
export interface Heard {
  readonly text: string;
  readonly thinking: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: unknown }[];
  readonly finish: string | undefined;
  readonly tokensOut: number | undefined;
}

export interface Question {
  readonly url: string;
  readonly model: string;
  readonly stream: boolean;
  readonly tools: boolean;
  /** Called with each piece of text as it comes. */
  readonly onText?: (text: string) => void;
}

const content = "How is the weather?";
const parameters = { type: "object", properties: { city: { type: "string" } } } as const;
const tools = [{ type: "function" as const, function: { name: "weather", description: "Tells it", parameters } }];

/** A dialect with an official client. */
export type Client = "openai" | "anthropic" | "ollama";

export const ask: Readonly<Record<Client, (question: Question) => Promise<Heard>>> = { openai, anthropic, ollama };

/** Reasoning is no part of OpenAI's types: servers have two words for it. */
const Reasoning = z.object({ reasoning_content: z.string().nullish(), reasoning: z.string().nullish() });

function reasoningIn(said: unknown): string {
  const { reasoning_content, reasoning } = Reasoning.parse(said ?? {});
  return reasoning_content ?? reasoning ?? "";
}

/** What cannot be read is shown as it came. */
const readArguments = (given: unknown) => (typeof given === "string" ? (parsed(given) ?? given) : given);

async function openai({ url, model, stream, tools: offers, onText }: Question): Promise<Heard> {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "any", maxRetries: 0 });
  const asked = {
    model,
    messages: [{ role: "user" as const, content }],
    reasoning_effort: "medium" as const,
    ...(offers ? { tools } : {}),
  };
  if (!stream) {
    const { choices, usage } = await client.chat.completions.create(asked);
    const said = choices[0];
    const calls = (said?.message.tool_calls ?? []).flatMap((call) =>
      call.type === "function" ? [{ id: call.id, name: call.function.name, arguments: readArguments(call.function.arguments) }] : [],
    );
    return {
      text: said?.message.content ?? "",
      thinking: reasoningIn(said?.message),
      calls,
      finish: said?.finish_reason,
      tokensOut: usage?.completion_tokens,
    };
  }
  let [text, thinking] = ["", ""];
  let finish: string | undefined;
  let tokensOut: number | undefined;
  const calls: { id: string; name: string; text: string }[] = [];
  for await (const chunk of await client.chat.completions.create({ ...asked, stream: true, stream_options: { include_usage: true } })) {
    tokensOut = chunk.usage?.completion_tokens ?? tokensOut;
    const choice = chunk.choices[0];
    finish = choice?.finish_reason ?? finish;
    thinking += reasoningIn(choice?.delta);
    text += choice?.delta.content ?? "";
    onText?.(choice?.delta.content ?? "");
    for (const part of choice?.delta.tool_calls ?? []) {
      calls[part.index] ??= { id: "", name: "", text: "" };
      const call = calls[part.index];
      if (call === undefined) continue;
      call.id ||= part.id ?? "";
      call.name ||= part.function?.name ?? "";
      call.text += part.function?.arguments ?? "";
    }
  }
  return {
    text,
    thinking,
    calls: calls.map((call) => ({ id: call.id, name: call.name, arguments: readArguments(call.text) })),
    finish,
    tokensOut,
  };
}

async function anthropic({ url, model, stream, tools: offers, onText }: Question): Promise<Heard> {
  const client = new Anthropic({ baseURL: url, apiKey: "any", maxRetries: 0 });
  const offered = offers ? { tools: [{ name: "weather", description: "Tells it", input_schema: parameters }] } : {};
  const thinking = { type: "enabled" as const, budget_tokens: 1024 };
  const asked = { model, max_tokens: 4096, thinking, messages: [{ role: "user" as const, content }], ...offered };
  const live = stream ? client.messages.stream(asked) : undefined;
  live?.on("text", (text) => onText?.(text));
  const message = live === undefined ? await client.messages.create(asked) : await live.finalMessage();
  return {
    text: message.content.map((block) => (block.type === "text" ? block.text : "")).join(""),
    thinking: message.content.map((block) => (block.type === "thinking" ? block.thinking : "")).join(""),
    calls: message.content.flatMap((block) =>
      block.type === "tool_use" ? [{ id: block.id, name: block.name, arguments: block.input }] : [],
    ),
    finish: message.stop_reason ?? undefined,
    tokensOut: message.usage.output_tokens,
  };
}

async function ollama({ url, model, stream, tools: offers, onText }: Question): Promise<Heard> {
  const client = new Ollama({ host: url });
  const asked = { model, messages: [{ role: "user", content }], think: true, ...(offers ? { tools } : {}) };
  const lines = stream ? await client.chat({ ...asked, stream: true }) : [await client.chat({ ...asked, stream: false })];
  let [text, thinking] = ["", ""];
  let finish: string | undefined;
  let tokensOut: number | undefined;
  const calls: { id: string; name: string; arguments: unknown }[] = [];
  for await (const line of lines) {
    text += line.message.content;
    thinking += line.message.thinking ?? "";
    onText?.(line.message.content);
    for (const call of line.message.tool_calls ?? []) calls.push({ id: "", name: call.function.name, arguments: call.function.arguments });
    if (line.done) [finish, tokensOut] = [line.done_reason, line.eval_count];
  }
  return { text, thinking, calls, finish, tokensOut };
}
