// Who uses a key, in words: "the node openai" for the field `nodes[openai].key`.
const owners: readonly (readonly [RegExp, (name: string) => string])[] = [
  [/^nodes\[(.*)\]\.key$/, (name) => `the node ${name}`],
  [/^nodes\[(.*)\]\.natsCredentials$/, (name) => `the worker ${name}`],
  [/^clients\[(.*)\]\.key$/, (name) => `the client ${name}`],
  [/^gateway\.key$/, () => "the gateway"],
  [/^metrics\.redis$/, () => "figures sent to Redis"],
  [/^nats\.credentials$/, () => "workers on NATS"],
  [/^cluster\.credentials$/, () => "other gateways"],
];

/** The field itself where it has no words. */
export function ownerWords(field: string): string {
  for (const [pattern, words] of owners) {
    const found = pattern.exec(field);
    if (found !== null) return words(found[1] ?? "");
  }
  return field;
}

/** All of them, as one reads a list. */
export function usersOf(fields: readonly string[]): string {
  return new Intl.ListFormat("en", { type: "conjunction" }).format(fields.map(ownerWords));
}
