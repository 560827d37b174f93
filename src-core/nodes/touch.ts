// A request for one token: the way to have a model loaded by servers that load with the first request and know no call for it.
import type { Failure } from "../contract/failure.ts";
import type { ModelId } from "../contract/ids.ts";
import { postJson } from "./calls.ts";
import { asLoadFailure, classifyRefusal } from "./classify.ts";
import type { NodeHttp } from "./http.ts";

/** What is asked: a chat by default, a vector of models that only embed. `more`: fields of this kind's own. */
export interface Touch {
  readonly model: ModelId;
  readonly embeds: boolean;
  readonly prefix?: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** Resolves when the model has answered, and so is in memory. */
export async function touch(
  http: NodeHttp,
  { model, embeds, prefix = "/v1", more = {} }: Touch,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const asked = embeds ? { input: "Hi" } : { messages: [{ role: "user", content: "Hi" }], max_tokens: 1, stream: false };
  const path = `${prefix}/${embeds ? "embeddings" : "chat/completions"}`;
  const answer = await http.read(postJson(path, { model, ...asked, ...more }), signal);
  if ("failure" in answer) return answer.failure;
  const failure = classifyRefusal({ node: http.node, ...answer, body: answer.text });
  return failure === undefined ? undefined : asLoadFailure(failure, model);
}
