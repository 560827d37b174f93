// A finished job as the OpenAI chat answer that its client waits for: whole, or as a stream of one chunk, since the worker does not stream. What
// workers call the text of an answer is nowhere written down; what is known of them is read, in one order.
import { z } from "zod";
import type { JobResponse } from "../contract/jobs.ts";

/** Said to the client where it asked for a stream: nothing is wrong, but nothing came before the end. */
export const notStreamed = "not streamed by the worker";

const Message = z.object({
  content: z.string().nullish(),
  reasoning_content: z.string().optional(),
  thinking: z.string().optional(),
  tool_calls: z.array(z.unknown()).optional(),
});
const Text = z.string().optional().catch(undefined);
const Result = z.object({
  choices: z
    .array(z.object({ message: Message, finish_reason: z.string().nullish() }))
    .min(1)
    .optional()
    .catch(undefined),
  message: Message.optional().catch(undefined),
  text: Text,
  content: Text,
  response: Text,
  output: Text,
  finish_reason: Text,
});

export interface AskedOf {
  /** As the node spells it. */
  readonly model: string;
  readonly stream: boolean;
  /** The client asked for a last chunk with the usage. */
  readonly usage: boolean;
}

/** The answer's headers and body; undefined where the job brought none. */
export function chatAnswer(
  job: JobResponse,
  asked: AskedOf,
): { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer } | undefined {
  const reply = replyIn(job);
  if (reply === undefined) return undefined;
  const base = { id: `chatcmpl-${job.job_id}`, created: Math.floor(Date.now() / 1000), model: asked.model };
  const usage = usageOf(job);
  if (!asked.stream) {
    const choices = [{ index: 0, message: { role: "assistant", ...reply.message }, finish_reason: reply.finish }];
    const whole = { ...base, object: "chat.completion", choices, ...(usage === undefined ? {} : { usage }) };
    return { headers: { "content-type": "application/json" }, body: Buffer.from(JSON.stringify(whole)) };
  }
  const chunk = { ...base, object: "chat.completion.chunk" };
  const delta = { role: "assistant", ...reply.message, ...indexed(reply.message.tool_calls) };
  const events = [{ ...chunk, choices: [{ index: 0, delta, finish_reason: reply.finish }] }];
  const last = asked.usage && usage !== undefined ? [{ ...chunk, choices: [], usage }] : [];
  const text = [...events, ...last].map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
  const headers = { "content-type": "text/event-stream", "x-homeport-warning": notStreamed };
  return { headers, body: Buffer.from(`${text}data: [DONE]\n\n`) };
}

interface Reply {
  readonly message: { readonly content: string; readonly reasoning_content?: string; readonly tool_calls?: readonly unknown[] };
  readonly finish: string;
}

function replyIn({ result }: JobResponse): Reply | undefined {
  const read = Result.safeParse(result).data;
  if (read === undefined) return undefined;
  const [choice] = read.choices ?? [];
  const message = choice?.message ?? read.message ?? plain(read.text ?? read.content ?? read.response ?? read.output);
  if (message === undefined) return undefined;
  const { content, reasoning_content, thinking, tool_calls } = message;
  const reasoning = reasoning_content ?? thinking;
  const calls = tool_calls === undefined || tool_calls.length === 0 ? undefined : tool_calls;
  return {
    message: {
      content: content ?? "",
      ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
      ...(calls === undefined ? {} : { tool_calls: calls }),
    },
    finish: choice?.finish_reason ?? read.finish_reason ?? (calls === undefined ? "stop" : "tool_calls"),
  };
}

function plain(content: string | undefined): z.infer<typeof Message> | undefined {
  return content === undefined ? undefined : { content };
}

/** In a stream every call says which one it is. */
function indexed(calls: readonly unknown[] | undefined) {
  return calls === undefined ? {} : { tool_calls: calls.map((call, index) => ({ index, ...Object(call) })) };
}

function usageOf({ usage }: JobResponse) {
  if (usage?.prompt_tokens === undefined && usage?.completion_tokens === undefined) return undefined;
  const { prompt_tokens = 0, completion_tokens = 0 } = usage;
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}
