// Which fields of the settings name a secret. Pure; no value is ever looked at here.
import type { Config } from "../contract/config.ts";
import type { SecretRef } from "../contract/secret-ref.ts";

export interface SecretUse {
  readonly ref: SecretRef;
  /** The field, as a person writes it. */
  readonly field: string;
}

/** Every reference to a secret, in the order of the schema. */
export function secretUses(config: Config): readonly SecretUse[] {
  const { redis } = config.metrics;
  const fields: readonly (readonly [string, SecretRef | undefined])[] = [
    ["gateway.key", config.gateway.key],
    ...config.nodes.flatMap((node) => [
      [`nodes[${node.id}].key`, node.key] as const,
      [`nodes[${node.id}].natsCredentials`, node.natsCredentials] as const,
    ]),
    ...config.clients.map((client) => [`clients[${client.name}].key`, client.key] as const),
    ["metrics.redis", typeof redis === "string" ? undefined : redis],
    ["nats.credentials", config.nats?.credentials],
    ["cluster.credentials", config.cluster?.credentials],
  ];
  return fields.flatMap(([field, ref]) => (ref === undefined ? [] : [{ field, ref }]));
}
