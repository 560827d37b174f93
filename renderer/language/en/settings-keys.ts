// The keys that the settings name: where each is found, who uses it, and putting another in its place.
import type { KeyInUse } from "../../../src-core/contract/settings.ts";

const places: Readonly<Record<KeyInUse["place"], string>> = { env: "environment variable", file: "file", store: "key store" };

export const keys = {
  title: "Keys",
  aboutSealed:
    "Sealed by this computer's own key store against other people who use it; on Windows and Linux not against programs you run yourself. A key can be replaced or cleared, and never shown.",
  aboutElsewhere: "Found where the settings say. Without the desktop app, Homeport keeps no keys itself.",
  none: "No node, client or gateway needs a key.",
  places,
  isSet: "Set",
  isMissing: "Missing",
  unused: "Used by nothing.",
  usedBy: (users: readonly string[]) => `For ${listed(users)}.`,
  users: {
    node: (name: string) => `the node ${name}`,
    worker: (name: string) => `the worker ${name}`,
    client: (name: string) => `the client ${name}`,
    gateway: "the gateway",
    redis: "figures sent to Redis",
    workers: "workers on NATS",
    cluster: "other gateways",
  },
  setButton: "Set…",
  setLabel: (key: string) => `Set ${key}`,
  replaceButton: "Replace…",
  replaceLabel: (key: string) => `Replace ${key}`,
  replaceTitle: (key: string) => `Key “${key}”`,
  newKey: "New key",
  newKeyHint: "Sealed by the system. It cannot be shown again.",
  keepButton: "Keep",
  kept: (key: string) => `${key} kept by this computer`,
  clearButton: "Clear…",
  clearLabel: (key: string) => `Clear ${key}`,
  clearTitle: (key: string) => `Clear ${key}?`,
  clearConfirm: "Clear",
  clearUnused: "The key is deleted from this computer and cannot be brought back from here. Nothing uses it.",
  clearUsed: (users: readonly string[]) =>
    `The key is deleted from this computer and cannot be brought back from here. It is for ${listed(users)}, which will be refused without it.`,
  clearFailed: (key: string) => `${key} was not cleared`,
  cleared: (key: string) => `${key} cleared`,
} as const;

/** "a", "a and b", "a, b, and c". */
function listed(names: readonly string[]): string {
  if (names.length < 3) return names.join(" and ");
  return `${names.slice(0, -1).join(", ")}, and ${names.at(-1) ?? ""}`;
}
