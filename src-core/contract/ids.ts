// The identifiers everything else is keyed by. A branded string cannot be passed where another kind of id is meant.
import { z } from "zod";

/** A node's short name from the configuration: letters, digits, `.`, `_`, `-`; at most 64 characters. */
export const NodeId = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/, "letters, digits, '.', '_' and '-', at most 64, starting with a letter or digit")
  .brand<"NodeId">();
export type NodeId = z.infer<typeof NodeId>;

/** A model's name exactly as its node spells it. At most 512 characters, no control or bidirectional characters (S-31). */
export const ModelId = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[^\p{Cc}\u202a-\u202e\u2066-\u2069]+$/u, "no control or bidirectional characters")
  .brand<"ModelId">();
export type ModelId = z.infer<typeof ModelId>;

/** One client request, from its first byte to its last. Shown to the client as `x-homeport-request`. */
export const RequestId = z.string().brand<"RequestId">();
export type RequestId = z.infer<typeof RequestId>;
const isRequestId = (text: string): text is RequestId => text !== "";
/** An id of our own making, minted on the hot path: no more is checked than that it is one. */
export function mintRequestId(text: string): RequestId {
  if (isRequestId(text)) return text;
  throw new Error("a request id is never empty");
}

/** One upstream call made for a request. */
export const AttemptId = z.string().brand<"AttemptId">();
export type AttemptId = z.infer<typeof AttemptId>;
const isAttemptId = (text: string): text is AttemptId => text !== "";
/** As `mintRequestId`. */
export function mintAttemptId(text: string): AttemptId {
  if (isAttemptId(text)) return text;
  throw new Error("an attempt id is never empty");
}

/** One cold load on one node, shared by all who wait for it. */
export const LoadId = z.string().brand<"LoadId">();
export type LoadId = z.infer<typeof LoadId>;
