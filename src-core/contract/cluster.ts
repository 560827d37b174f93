// What several gateways of one house share over NATS, as it stands in their key-value bucket, and the words of it in the configuration.
// Everything read here was written by another gateway, maybe of another version: sizes are bounded, unknown fields are ignored.
import { z } from "zod";
import { FailureKind } from "./failure.ts";
import { NatsUrl } from "./nats.ts";
import { SecretRef } from "./secret-ref.ts";

/** Several gateways that share loads, budgets, limits of client keys and what is set aside. Absent: this one decides alone. */
export const ClusterSettings = z.strictObject({
  nats: NatsUrl.describe("A NATS server with JetStream: nats://host:4222 or tls://host:4222."),
  credentials: SecretRef.optional().describe("A credentials file or an nkey seed."),
  plain: z.boolean().default(false).describe("Lets the connection go without encryption although the server is not on this computer."),
  ca: z.string().max(65_536).optional().describe("The certificate authority of the server, as PEM text, where it is one of your own."),
  name: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/, "letters, digits, dash and underscore; at most 32")
    .default("home")
    .describe("Gateways with the same name share. One server may carry several groups."),
});
export type ClusterSettings = z.infer<typeof ClusterSettings>;

/** The bucket of a group. */
export const clusterBucket = (name: string) => `homeport_cluster_${name}`;

const Id = z.string().max(100);
const Says = z.string().max(1_000);
const Amount = z.number().nonnegative();

/** A failure as another gateway needs it: what it was and how it is told. */
export const SharedFailure = z.object({ kind: FailureKind, message: Says });
export type SharedFailure = z.infer<typeof SharedFailure>;

/** Key `lease.*`. Written again while the load goes on, so that its revision is its pulse. `ended`: free; `failure` says why nobody needs to try. */
export const LeaseRecord = z.object({
  holder: Id,
  state: z.enum(["held", "ended"]),
  failure: SharedFailure.optional(),
});
export type LeaseRecord = z.infer<typeof LeaseRecord>;

/**
 * One gateway's part of a shared sum. `used` is gone; up to `share` it may use without asking (what runs, and a little ahead of need). `wants`:
 * this much more was not there, so whoever holds some ahead of need gives it back. `turn` grows with every write of this part.
 */
export const SumPart = z.object({ used: Amount, share: Amount, wants: Amount.default(0), turn: z.number().default(0) });
export type SumPart = z.infer<typeof SumPart>;

/** Key `sum.*`: a budget's or a limit's sum in one window, by gateway. The window of the latest writer replaces an older one. */
export const SumRecord = z.object({ window: z.string().max(40), parts: z.record(Id, SumPart) });
export type SumRecord = z.infer<typeof SumRecord>;

/** Key `aside.*`: a model that is not to be tried on its node. Instants are epoch milliseconds of the writer's clock. */
export const AsideRecord = z.object({
  by: Id,
  failure: SharedFailure,
  until: z.number(),
  count: z.number().nonnegative(),
  freeShare: z.number().optional(),
});
export type AsideRecord = z.infer<typeof AsideRecord>;

/** Key `gateway.*`: written again every few seconds while that gateway lives. */
export const PresenceRecord = z.object({ name: z.string().max(200) });
export type PresenceRecord = z.infer<typeof PresenceRecord>;
