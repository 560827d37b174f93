// The words of routing in the configuration: profiles, agents, rules, aliases, budgets, clients, policies, health and memory. Every part is
// optional; defaults live here. What needs two parts at once (a reference, a cycle) is checked in `routing-checks.ts`.
import { z } from "zod";
import { NodeId } from "./ids.ts";
import { Capability, Place } from "./node-kinds.ts";
import { SecretRef } from "./secret-ref.ts";

/** What a model is for (source-systems.md 1.2). `llm` and `code` stand in for each other. */
export const ModelType = z.enum(["llm", "vision", "code", "embedding", "rerank", "stt", "tts", "ocr", "image"]);
export type ModelType = z.infer<typeof ModelType>;

/** The name of a profile, agent, rule, budget, client or policy: it stands in headers and metric labels, hence the narrow alphabet. */
export const RoutingName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "letters, digits, dot, dash, underscore; at most 64");

/** A model, a profile or an alias, as people write it; in preferences `*` in it matches any letters, and `*` alone matches everything. */
const Name = z.string().min(1).max(512);

/** One word for how candidates are compared. `domain/preferences.ts` has a row for each. */
export const PreferenceName = z.enum([
  "affinity",
  "warm",
  "healthy",
  "free-slot",
  "loading",
  "sleeping",
  "fits",
  "pinned",
  "local-first",
  "least-busy",
  "utilisation",
  "priority",
  "fastest",
  "cheapest",
  "biggest",
  "load-cost",
  "weighted",
  "random",
  "name",
]);
export type PreferenceName = z.infer<typeof PreferenceName>;

export const PresetName = z.enum(["balanced", "priority", "local-first", "fastest", "cheapest", "biggest"]);
export type PresetName = z.infer<typeof PresetName>;

/** A preset, the name of an entry in `policies`, or the preferences themselves, compared left to right. */
export const Policy = z.union([RoutingName, z.array(PreferenceName).min(1).max(24)]);
export type Policy = z.infer<typeof Policy>;

export const Gate = z.strictObject({
  refusal: z.boolean().default(false).describe("Try the next model when this one refuses to answer."),
  refusalPatterns: z.array(z.string().min(2).max(200)).max(100).optional().describe("Replaces the built-in beginnings of refusals."),
  schema: z
    .union([z.boolean(), z.record(z.string(), z.unknown())])
    .default(false)
    .describe("true: check against the schema the request asks for; an object: a JSON Schema for every answer."),
  empty: z.boolean().default(true).describe("Try the next model when the answer is empty."),
});
export type Gate = z.infer<typeof Gate>;

/** What can be repaired in an answer (source-systems.md 5.12). */
export const Repair = z.enum(["tool-calls", "thinking", "stop-markers"]);
export type Repair = z.infer<typeof Repair>;

export const Repairs = z.strictObject({
  toolCalls: z.boolean().default(false).describe("Make calls of declared tools that the model wrote as text into real ones."),
  thinking: z.boolean().default(false).describe("Move what the model wrote between <think> tags out of its answer, into its reasoning."),
  stopMarkers: z.boolean().default(false).describe("Take markers such as <|im_end|> out of answers."),
});
export type Repairs = z.infer<typeof Repairs>;

const seconds = (fallback: number, min: number, max = 86_400) => z.number().min(min).max(max).default(fallback);
const milliseconds = z.number().int().min(100).max(86_400_000);

export const Profile = z.strictObject({
  chain: z.array(Name).min(1).max(32).optional().describe("Models or profiles, tried in this order."),
  requires: ModelType.optional().describe("Instead of a chain: any model of this type."),
  prefer: z.array(Name).max(64).default([]).describe('With requires: exact names or globs, best first; "*" takes any.'),
  can: z.array(Capability).default([]).describe("What every candidate must be able to do."),
  minContextTokens: z.number().int().positive().optional(),
  timeoutMs: milliseconds.optional().describe("Time for each model's answer; loading does not count against it."),
  deadlineMs: milliseconds.optional().describe("Time for the whole request."),
  policy: Policy.optional(),
  gate: Gate.optional(),
  repairs: Repairs.optional().describe("What is put right in answers before the client sees them."),
  contextRescue: z
    .boolean()
    .default(false)
    .describe("Leave the oldest turns of a conversation out where no node holds all of it, instead of refusing it."),
  fallback: RoutingName.optional().describe("The profile tried when every model of this one failed."),
  cloud: z.boolean().optional().describe("Whether requests of this profile may leave the house."),
});
export type Profile = z.infer<typeof Profile>;

export const Agent = z.strictObject({ profile: RoutingName, fallback: RoutingName.optional() });
export type Agent = z.infer<typeof Agent>;

/** Exactly one of these (source-systems.md 5.10). All but the last three look at the latest user message. */
export const RuleMatcher = z
  .strictObject({
    hasImage: z.boolean(),
    hasTools: z.boolean(),
    codeFenceRatioAtLeast: z.number().min(0).max(1),
    contentContains: z.string().min(1).max(1000),
    contentRegex: z.string().min(1).max(1000),
    modelPattern: z.string().min(1).max(1000),
    tokensAtLeast: z.number().int().min(0),
    tokensAtMost: z.number().int().min(0),
  })
  .partial()
  .refine((when) => Object.values(when).filter((value) => value !== undefined).length === 1, "exactly one condition");
export type RuleMatcher = z.infer<typeof RuleMatcher>;

export const Rule = z.strictObject({ id: RoutingName, when: RuleMatcher, use: Name.describe("A profile, alias or model.") });
export type Rule = z.infer<typeof Rule>;

/** What a budget counts. All parts given must match; an empty scope counts everything. */
export const BudgetScope = z.strictObject({
  node: NodeId.optional(),
  place: Place.optional(),
  model: Name.optional(),
  profile: RoutingName.optional(),
  client: RoutingName.optional(),
});
export type BudgetScope = z.infer<typeof BudgetScope>;

export const Budget = z
  .strictObject({
    id: RoutingName,
    scope: BudgetScope.prefault({}),
    usd: z.number().nonnegative().optional(),
    tokens: z.number().int().nonnegative().optional(),
    per: z.enum(["day", "month"]).describe("Days and months of UTC."),
  })
  .refine((budget) => (budget.usd === undefined) !== (budget.tokens === undefined), "exactly one of usd and tokens");
export type Budget = z.infer<typeof Budget>;

export const Lane = z.enum(["interactive", "batch"]);
export type Lane = z.infer<typeof Lane>;

/** A key handed to one application or person. Only its hash is kept in memory. */
export const ClientKey = z.strictObject({
  name: RoutingName,
  key: SecretRef,
  enabled: z.boolean().default(true).describe("false revokes the key."),
  models: z.array(Name).default(["*"]).describe("Names or globs this key may ask for."),
  cloud: z.boolean().default(false),
  lane: Lane.default("interactive"),
  concurrency: z.number().int().min(1).optional().describe("Requests at once."),
  requestsPerMinute: z.number().int().min(1).optional(),
  agent: RoutingName.optional(),
});
export type ClientKey = z.infer<typeof ClientKey>;

/** Names on several nodes that seem to mean one model. Offered, never merged. */
export const AliasGroup = z
  .object({
    /** `digest`: the same file. `figures`: the same family, size and quantisation, which is a guess. */
    because: z.enum(["digest", "figures"]),
    names: z.array(z.object({ name: z.string(), nodes: z.array(z.string()).readonly() }).readonly()).readonly(),
    says: z.string(),
  })
  .readonly();
export type AliasGroup = z.infer<typeof AliasGroup>;

/** USD per million tokens. Absent is unknown, 0 is free (source-systems.md 4.6). */
export const Cost = z.strictObject({
  input: z.number().nonnegative().optional(),
  output: z.number().nonnegative().optional(),
  cacheRead: z.number().nonnegative().optional(),
  cacheWrite: z.number().nonnegative().optional(),
});
export type Cost = z.infer<typeof Cost>;

/** Where two clients ask for different contexts of one model. `fixed`: ours; `at-least`: grow only; `pass`: each as asked. */
export const ContextGuard = z.enum(["fixed", "at-least", "pass"]);
export type ContextGuard = z.infer<typeof ContextGuard>;

/** The routing part of the configuration document, spread into `Config`. */
export const routingSections = {
  profiles: z.record(RoutingName, Profile).default({}),
  defaultProfile: RoutingName.optional(),
  agents: z.record(RoutingName, Agent).default({}),
  rules: z.array(Rule).max(500).optional().describe("Replaces the built-in rules for the model name auto."),
  aliases: z.record(Name, Name).default({}),
  policies: z.record(RoutingName, z.array(PreferenceName).min(1).max(24)).default({}),
  policy: Policy.default("balanced"),
  budgets: z.array(Budget).max(500).default([]),
  clients: z.array(ClientKey).max(500).default([]),
  cloud: z.strictObject({ allowed: z.boolean().default(false) }).prefault({}),
  memory: z
    .strictObject({
      pressure: z.enum(["off", "warn", "skip"]).default("skip"),
      cooldownSeconds: seconds(120, 10, 3600),
      holdSeconds: seconds(30, 0, 3600).describe("A model just loaded is not displaced for so long (F34)."),
      mostEvictions: z.number().int().min(0).max(16).default(3),
    })
    .prefault({}),
  health: z
    .strictObject({
      action: z.enum(["off", "warn", "demote"]).default("demote"),
      threshold: z.number().int().min(2).max(20).default(3),
      adaptive: z
        .strictObject({
          enabled: z.boolean().default(true),
          windowSeconds: seconds(60, 5, 3600),
          slowRatio: z.number().min(1).max(100).default(1.5),
          slowSamples: z.number().int().min(1).max(1000).default(3),
          errorRate: z.number().min(0).max(1).default(0.1),
          errorSamples: z.number().int().min(1).max(1000).default(5),
          holdSeconds: seconds(30, 0, 3600),
        })
        .prefault({}),
    })
    .prefault({}),
  affinity: z
    .strictObject({
      enabled: z.boolean().default(true),
      ttlSeconds: seconds(300, 1),
      leaveRatio: z.number().min(1).max(100).default(2).describe("Left when its node has so many times the load of the least busy one."),
    })
    .prefault({}),
  metrics: z
    .strictObject({
      redis: z
        .union([
          z
            .string()
            .max(2048)
            .regex(
              /^rediss?:\/\/[^\s@]+$/,
              "a redis:// address without user and password; one with them goes into an environment variable",
            ),
          SecretRef,
        ])
        .optional()
        .describe("Where every finished request is published: an address, or the environment variable that holds one."),
    })
    .prefault({}),
};
