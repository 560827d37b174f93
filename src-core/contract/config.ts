// The whole configuration as one schema with its defaults. JSON Schema for editors is generated from it. Unknown keys are errors.
import { z } from "zod";
import { CloudPreset, cloudPresets } from "./cloud-presets.ts";
import { ClusterSettings } from "./cluster.ts";
import { DesktopSettings } from "./desktop.ts";
import { ModelId, NodeId } from "./ids.ts";
import { ModelOptions } from "./model-options.ts";
import { NatsSettings, natsNodeFields, workerUrl, wrongNatsNode } from "./nats.ts";
import { hoursFields } from "./node-hours.ts";
import { Capability, NodeKind, Place } from "./node-kinds.ts";
import { NotificationSwitches } from "./notification-switches.ts";
import { ModelFiles } from "./pulls.ts";
import { ContextGuard, Cost, ModelType, routingSections } from "./routing.ts";
import { checkRouting } from "./routing-checks.ts";
import { SecretRef } from "./secret-ref.ts";

const loopbackHosts = new Set(["127.0.0.1", "::1", "localhost"]);
/** True where only this machine can reach a listener bound to `host`. */
export function isLoopbackHost(host: string): boolean {
  return loopbackHosts.has(host.replace(/^\[|\]$/g, "").toLowerCase());
}

const hostName = z.string().regex(/^[A-Za-z0-9.:[\]-]{1,253}$/, "a host name or address");
const port = z.number().int().min(0).max(65535);
const seconds = (fallback: number, min = 0) => z.number().min(min).max(86_400).default(fallback);

/** A certificate that is trusted because it is this very one, whoever signed it and whatever names or dates it tells (S-46). */
const TlsConfig = z.strictObject({
  fingerprint: z
    .string()
    .regex(/^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/i, "a SHA-256 fingerprint: 32 pairs of hex digits with colons between them")
    .transform((text) => text.toUpperCase())
    .describe(
      "SHA-256 of the node's certificate, as `openssl x509 -noout -fingerprint -sha256` shows it. For certificates the node made itself.",
    ),
});

export const DeviceConfig = z.strictObject({
  name: z.string().max(120).optional(),
  memoryBytes: z.number().int().positive().describe("Total memory of the device in bytes, as you know it; no server tells it."),
});

/** http or https, no user info, query or fragment (S-40); private addresses are the product, link-local and metadata ones are refused by the adapter's URL policy. */
export const NodeUrl = z
  .string()
  .max(2048)
  .regex(/^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/i, "an http:// or https:// address without user, query or fragment");

/** A node as it is written. */
export const NodeFields = z.strictObject({
  id: NodeId,
  kind: NodeKind,
  preset: CloudPreset.optional().describe("A service known by name: gives the address and knows its ways."),
  url: NodeUrl.optional().describe("Only a preset can stand in for it."),
  name: z.string().min(1).max(120).optional().describe("Shown instead of the id."),
  place: Place.optional().describe("Found from the address when absent."),
  enabled: z.boolean().default(true),
  drained: z.boolean().default(false).describe("Takes no new requests; what runs there may end."),
  weight: z.number().positive().max(1000).default(1).describe("Its share where the policy says weighted."),
  models: z.array(ModelId).max(1000).default([]).describe("Believed to be there until the node tells its own list."),
  offer: z
    .array(z.string().min(1).max(512))
    .min(1)
    .max(1000)
    .optional()
    .describe("Of what it lists, only these names are offered; * stands for any letters. For nodes that load nothing on request."),
  slots: z
    .number()
    .int()
    .min(1)
    .max(1024)
    .optional()
    .describe("Requests served at once per model; learned or 1 (Ollama's default) when absent."),
  key: SecretRef.optional().describe("The node's own API key."),
  tls: TlsConfig.optional().describe("Only for https. Without it, a certificate must be one that this computer trusts."),
  devices: z.array(DeviceConfig).max(64).default([]).describe("Graphics devices, for the VRAM bar and for making room."),
  watts: z
    .number()
    .positive()
    .max(100_000)
    .optional()
    .describe("What its machine draws while it answers, from a meter or a data sheet. Energy is estimated from it."),
  ...hoursFields,
  ...natsNodeFields,
});

/** A node as it is read: its address is known, be it its own or its preset's. */
export const NodeConfig = NodeFields.transform((node, context) => {
  const preset = node.preset === undefined ? undefined : cloudPresets[node.preset];
  if (preset !== undefined && preset.kind !== node.kind) {
    context.issues.push({
      code: "custom",
      input: node.kind,
      path: ["kind"],
      message: `"${preset.kind}", as the preset ${node.preset} needs`,
    });
    return z.NEVER;
  }
  const wrong = wrongNatsNode(node);
  if (wrong !== undefined) {
    context.issues.push({ code: "custom", input: node, path: [wrong.path], message: wrong.message });
    return z.NEVER;
  }
  const subject = node.kind === "nats-worker" ? (node.subject ?? `node.${node.id}`) : undefined;
  const url = node.url ?? preset?.url ?? (node.nats === undefined ? undefined : workerUrl(node.nats, subject ?? ""));
  if (url === undefined) {
    context.issues.push({ code: "custom", input: node.url, path: ["url"], message: "an address, or a preset that has one" });
    return z.NEVER;
  }
  if (node.tls !== undefined && !/^https:/i.test(url)) {
    context.issues.push({
      code: "custom",
      input: node.tls,
      path: ["tls"],
      message: "an address that begins with https://: without it there is no certificate",
    });
    return z.NEVER;
  }
  return subject === undefined ? { ...node, url } : { ...node, url, subject };
});
export type NodeConfig = z.infer<typeof NodeConfig>;

/** What a person knows about a model: enough to place it where it was never seen loaded (source-systems.md 4.3, 4.6). */
export const CatalogueEntry = z.strictObject({
  model: ModelId,
  bytes: z.number().int().positive().optional().describe("Device memory it needs."),
  minDevices: z.number().int().min(1).max(64).default(1),
  minDeviceMemoryBytes: z.number().int().min(0).default(0).describe("Total memory each of those devices must have."),
  pinnedOn: z.array(NodeId).default([]).describe("Only these nodes may load it."),
  residencyPriority: z.number().int().min(0).optional().describe("Displaces equals and below. 100 by default, 1000 when pinned."),
  contextTokens: z.number().int().positive().optional(),
  contextGuard: ContextGuard.default("at-least"),
  can: z.array(Capability).optional(),
  type: ModelType.optional().describe("What it is for; told from its abilities and name when absent."),
  cost: Cost.optional(),
});
export type CatalogueEntry = z.infer<typeof CatalogueEntry>;

export const OllamaRoute = z.enum(["pull", "push", "create", "copy", "delete", "blobs"]);

export const GatewayConfig = z
  .strictObject({
    host: hostName.default("127.0.0.1").describe("Loopback unless you choose wider; wider needs a key."),
    port: port.default(4663).describe("4663 spells HOME. 0 means any free port."),
    allowedHosts: z.array(hostName).default([]).describe("Further Host names clients may use."),
    allowedOrigins: z.array(z.string().regex(/^[a-z][a-z0-9+.-]*:\/\/[^\s/]+$/i, "scheme://host[:port]")).default([]),
    key: SecretRef.optional().describe("Clients must send this key (Bearer or X-Api-Key)."),
    allowOllamaRoutes: z.array(OllamaRoute).default([]).describe("Destructive Ollama routes let through; none by default."),
    maxBodyBytes: z
      .number()
      .int()
      .min(1024)
      .default(64 * 1024 * 1024),
    maxConnections: z.number().int().min(1).default(4096),
  })
  .prefault({});

export const Config = z
  .strictObject({
    $schema: z.string().optional(),
    schemaVersion: z.literal(1).default(1),
    gateway: GatewayConfig,
    control: z.strictObject({ host: hostName.default("127.0.0.1"), port: port.default(4664) }).prefault({}),
    nodes: z.array(NodeConfig).max(1000).default([]),
    catalogue: z.array(CatalogueEntry).max(10_000).default([]),
    modelOptions: z.array(ModelOptions).max(10_000).default([]).describe("What you want of single models, whoever loads them."),
    ...routingSections,
    breaker: z
      .strictObject({
        failures: z.number().int().min(1).max(1000).default(3),
        windowSeconds: seconds(60, 1),
        openSeconds: seconds(120, 1),
        maxOpenSeconds: seconds(600, 1),
      })
      .prefault({}),
    polling: z
      .strictObject({
        activeSeconds: seconds(5, 1),
        idleSeconds: seconds(30, 1),
        timeoutSeconds: seconds(5, 1),
        missesBeforeDown: z.number().int().min(1).max(100).default(3),
      })
      .prefault({}),
    requests: z
      .strictObject({
        deadlineSeconds: seconds(600, 1).describe("Longest life of a request, waiting included; a load may extend it."),
        firstByteSeconds: seconds(60, 1).describe("For streams on a warm model; long prompts get more."),
        betweenChunksSeconds: seconds(120, 1),
        clientStallSeconds: seconds(120, 1),
        queueDepth: z.number().int().min(0).max(100_000).default(256).describe("Requests waiting for a slot of one model."),
        maxAttempts: z.number().int().min(1).max(10).default(3),
      })
      .prefault({}),
    loads: z
      .strictObject({
        orphanSeconds: seconds(30).describe("A load nobody waits for is cancelled after this, unless more than half done."),
        stallSeconds: seconds(90, 1),
        minSeconds: seconds(120, 1),
        maxSeconds: seconds(1800, 1),
        tellInReasoning: z
          .boolean()
          .default(false)
          .describe(
            "Chat streams that wait for a load hear how far it is, as reasoning text. Clients may show it, keep it, or send it back.",
          ),
      })
      .prefault({}),
    images: z
      .strictObject({
        fetch: z
          .boolean()
          .default(true)
          .describe("Pictures that clients name by an address are fetched for nodes that take only their bytes."),
        fetchPrivate: z.boolean().default(false).describe("Also from this machine and from private addresses of the house."),
      })
      .prefault({}),
    nats: NatsSettings.optional().describe("A NATS server at which workers are looked for; absent: none."),
    cluster: ClusterSettings.optional().describe("Several gateways that share their state over NATS; absent: this one decides alone."),
    modelFiles: ModelFiles,
    discovery: z
      .strictObject({
        enabled: z.boolean().default(true).describe("Model servers of this computer are added at the first run."),
        advertise: z
          .boolean()
          .default(false)
          .describe("Announces this gateway by multicast DNS, while it listens beyond this computer: name, port and version."),
      })
      .prefault({}),
    notifications: NotificationSwitches,
    desktop: DesktopSettings,
  })
  .check((context) => {
    const config = context.value;
    const seen = new Set<string>();
    config.nodes.forEach((node, index) => {
      if (seen.has(node.id.toLowerCase())) {
        context.issues.push({
          code: "custom",
          input: node.id,
          path: ["nodes", index, "id"],
          message: `a node id used once ("${node.id}" is used twice)`,
        });
      }
      seen.add(node.id.toLowerCase());
    });
    for (const { path, message, input } of checkRouting(config)) context.issues.push({ code: "custom", input, path: [...path], message });
    if (!isLoopbackHost(config.gateway.host) && config.gateway.key === undefined && config.clients.length === 0) {
      context.issues.push({
        code: "custom",
        input: config.gateway.host,
        path: ["gateway", "host"],
        message: "a loopback address, or a gateway.key (or clients) beside it: a gateway that others can reach needs a key (S-01)",
      });
    }
    if (!isLoopbackHost(config.control.host)) {
      context.issues.push({
        code: "custom",
        input: config.control.host,
        path: ["control", "host"],
        message: "a loopback address: the control port is never exposed",
      });
    }
  });
export type Config = z.infer<typeof Config>;
/** The document as a person writes it: every part optional. */
export type ConfigDocument = z.input<typeof Config>;

/** The configuration of someone who wrote nothing. */
export const defaultConfig: Config = Config.parse({});
