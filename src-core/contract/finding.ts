// Finding servers: where somebody may have us look, how far a search has come and what it found. What is found is a proposal that a person
// confirms; nothing is added by itself (S-44).
import { z } from "zod";
import { NodeId } from "./ids.ts";
import { NodeKind } from "./node-kinds.ts";

const fingerprintFields = z.object({
  url: z.string(),
  kind: NodeKind.optional(),
  label: z.string(),
  version: z.string().optional(),
  models: z.number().optional(),
  /** Node id under which this server is configured already. */
  known: NodeId.optional(),
});

/** A server found at an address (apis.md 11). `kind` absent: it answers, but is nothing we can use. */
export const Fingerprint = fingerprintFields.readonly();
export type Fingerprint = z.infer<typeof Fingerprint>;

/**
 * Where to look. `workers`: at the NATS server of the settings. Each is chosen by itself; only `this-computer` is ever looked at unasked, and only at
 * the first run.
 */
export const FindSource = z.enum(["this-computer", "mdns", "tailscale", "subnet", "workers"]);
export type FindSource = z.infer<typeof FindSource>;

/** A server that a search found. `sources`: all that led to it. `host`: the name of its machine, as far as one was told. */
export const FoundServer = fingerprintFields.extend({ sources: z.array(FindSource).readonly(), host: z.string().optional() }).readonly();
export type FoundServer = z.infer<typeof FoundServer>;

/** How far one source has come. `asked` of `of` questions; `of` is absent until it is known. `says`: what a person should know. */
export const SourceProgress = z
  .object({
    source: FindSource,
    state: z.enum(["running", "done", "cancelled", "failed"]),
    asked: z.number(),
    of: z.number().optional(),
    says: z.string().optional(),
  })
  .readonly();
export type SourceProgress = z.infer<typeof SourceProgress>;

/** The search that runs, or the last one. Times are epoch milliseconds. */
export const SearchView = z
  .object({
    startedAt: z.number(),
    endedAt: z.number().optional(),
    cancelled: z.boolean(),
    sources: z.array(SourceProgress).readonly(),
    found: z.array(FoundServer).readonly(),
  })
  .readonly();
export type SearchView = z.infer<typeof SearchView>;

/** A private network this computer is in, as offered for a search: "192.168.1.0/24" behind "en0". */
export const OwnSubnet = z.object({ cidr: z.string(), interface: z.string(), addresses: z.number() }).readonly();
export type OwnSubnet = z.infer<typeof OwnSubnet>;

/** What to look through. `subnet`: in CIDR form; absent, the first private network of this computer. */
export const FindWish = z.strictObject({
  sources: z.array(FindSource).min(1).max(FindSource.options.length),
  subnet: z.string().max(64).optional(),
});
export type FindWish = z.infer<typeof FindWish>;
