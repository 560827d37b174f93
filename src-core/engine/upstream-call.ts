// What goes to the node and what comes back, where the two spell a model's name differently. Otherwise bytes pass untouched.
import type { Candidate } from "../contract/route.ts";
import { createModelEcho, replaceSpan } from "../dialects/model-name.ts";
import { withContext } from "../dialects/num-ctx.ts";
import { withUsageWish } from "../dialects/usage-wish.ts";
import type { InferenceCall } from "./exchange.ts";
import type { UpstreamCall } from "./ports.ts";
import { withoutUsage } from "./without-usage.ts";

/** What of a body is not sent as it came, all of it by span. */
export interface Edits {
  /** The node would not know the client's spelling of the model. */
  readonly rename: boolean;
  /** A context that the node must be told, or it would load again. */
  readonly contextTokens: number | undefined;
  /** The node is asked for usage though its client did not. */
  readonly wishForUsage: boolean;
}

/** The body goes as it came, but for the edits. */
export function upstreamCall(call: InferenceCall, candidate: Candidate, { rename, contextTokens, wishForUsage }: Edits): UpstreamCall {
  const { method, headers } = call;
  const { path } = call.facts;
  let body: Uint8Array = call.body;
  if (rename) body = replaceSpan(body, call.modelSpan, Buffer.from(JSON.stringify(candidate.model)));
  if (contextTokens !== undefined) body = withContext(body, contextTokens);
  if (wishForUsage) body = withUsageWish(body);
  return { method, path, headers, body: asBuffer(body) };
}

/** Puts an answer back as the client would have got it without the edits. Undefined where nothing of them shows in it. */
export function undone({ rename, wishForUsage }: Edits, nodes: string, clients: string): ((bytes: Buffer) => Buffer) | undefined {
  if (!rename) return wishForUsage ? withoutUsage : undefined;
  const echo = createModelEcho(Buffer.from(JSON.stringify(nodes)), Buffer.from(JSON.stringify(clients)));
  return wishForUsage ? (bytes) => asBuffer(echo(withoutUsage(bytes))) : (bytes) => asBuffer(echo(bytes));
}

/** The same bytes, as the engine passes them on. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
