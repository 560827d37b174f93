// What goes to the node and what comes back, where the two spell a model's name differently. Otherwise bytes pass untouched.
import type { Candidate } from "../contract/route.ts";
import { createModelEcho, replaceSpan } from "../dialects/model-name.ts";
import { withContext } from "../dialects/num-ctx.ts";
import type { InferenceCall } from "./exchange.ts";
import type { UpstreamCall } from "./ports.ts";

/** The body goes as it came; only a spelling that this node would not know is replaced, and a context that would make it load again, by span. */
export function upstreamCall(call: InferenceCall, candidate: Candidate, rename: boolean, contextTokens?: number): UpstreamCall {
  const { method, headers, body } = call;
  const { path } = call.facts;
  if (!rename && contextTokens === undefined) return { method, path, headers, body };
  const named = rename ? replaceSpan(body, call.modelSpan, Buffer.from(JSON.stringify(candidate.model))) : body;
  return { method, path, headers, body: asBuffer(contextTokens === undefined ? named : withContext(named, contextTokens)) };
}

/** Puts the client's spelling back into the answer. */
export function echoOf(nodes: string, clients: string): (bytes: Buffer) => Buffer {
  const echo = createModelEcho(Buffer.from(JSON.stringify(nodes)), Buffer.from(JSON.stringify(clients)));
  return (bytes) => asBuffer(echo(bytes));
}

/** The same bytes, as the engine passes them on. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
