// Who uses a key: "the node openai" for the field `nodes[openai].key`.
import { words } from "../language/words.ts";

const { users } = words.settings.keys;

const owners: readonly (readonly [RegExp, (name: string) => string])[] = [
  [/^nodes\[(.*)\]\.key$/, users.node],
  [/^nodes\[(.*)\]\.natsCredentials$/, users.worker],
  [/^clients\[(.*)\]\.key$/, users.client],
  [/^gateway\.key$/, () => users.gateway],
  [/^metrics\.redis$/, () => users.redis],
  [/^nats\.credentials$/, () => users.workers],
  [/^cluster\.credentials$/, () => users.cluster],
];

/** Those whom the fields belong to. A field without words stands for itself. */
export function ownersOf(fields: readonly string[]): readonly string[] {
  return fields.map(ownerOf);
}

function ownerOf(field: string): string {
  for (const [pattern, owner] of owners) {
    const found = pattern.exec(field);
    if (found !== null) return owner(found[1] ?? "");
  }
  return field;
}
