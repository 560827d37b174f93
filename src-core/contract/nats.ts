// The words of NATS in the configuration: which server, as whom, and below which subject a worker answers. Off where nothing of it is written (S-90).
import { z } from "zod";
import { SecretRef } from "./secret-ref.ts";

/** `nats://host:4222` or `tls://host:4222`. Whoever it is goes apart from it: an address is shown and logged. */
export const NatsUrl = z
  .string()
  .max(2048)
  .regex(/^(?:nats|tls):\/\/[^\s/?#@]+$/i, "a nats:// or tls:// address without user, path or query");

/** A worker's subjects begin with it; its last part is the worker's own id. */
export const NatsSubject = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/, "parts of letters, digits, dash and underscore with dots between them");

const credentials = SecretRef.optional().describe("A credentials file or an nkey seed; never a user and password in the address.");
const plain = z.boolean().default(false).describe("Lets the connection go without encryption although the server is not on this computer.");
const ca = z.string().max(65_536).optional().describe("The certificate authority of the server, as PEM text, where it is one of your own.");

/** A server at which this gateway looks for workers. */
export const NatsSettings = z.strictObject({ url: NatsUrl, credentials, plain, ca });
export type NatsSettings = z.infer<typeof NatsSettings>;

/** The fields of a node of the kind `nats-worker`. */
export const natsNodeFields = {
  nats: NatsUrl.optional().describe("For nats-worker: the NATS server at which the worker listens."),
  subject: NatsSubject.optional().describe('For nats-worker: what its subjects begin with; "node." and the id when absent.'),
  natsCredentials: credentials,
  natsPlain: plain.optional(),
  natsCa: ca,
};

interface NodeFields {
  readonly id: string;
  readonly kind: string;
  readonly url?: string | undefined;
  readonly nats?: string | undefined;
  readonly subject?: string | undefined;
  readonly natsCredentials?: SecretRef | undefined;
}

/** What is wrong with a node's fields as far as NATS goes; undefined: nothing. */
export function wrongNatsNode(node: NodeFields): { readonly path: string; readonly message: string } | undefined {
  if (node.kind === "nats-worker") {
    if (node.nats === undefined) return { path: "nats", message: "the address of a NATS server: nats://host:4222" };
    return node.url === undefined
      ? undefined
      : { path: "url", message: "no address of its own: a worker is reached through nats and subject" };
  }
  const given = (["nats", "subject", "natsCredentials"] as const).find((field) => node[field] !== undefined);
  return given === undefined ? undefined : { path: given, message: `nothing, since only nodes of the kind nats-worker have ${given}` };
}

/** What stands for the worker's address: the same for the same worker at the same server. */
export function workerUrl(nats: string, subject: string): string {
  return `${nats}/${subject}`;
}

/** An address as shown or typed, as a node's settings have it: a worker's is `nats://host:4222/node.beast`. */
export function nodeAddress(url: string): { readonly url: string } | { readonly nats: string; readonly subject: string } {
  const [, nats, subject] = /^((?:nats|tls):\/\/[^/]+)\/([^/]+)$/i.exec(url) ?? [];
  return nats === undefined || subject === undefined ? { url } : { nats, subject };
}
