// A node's settings as text while somebody types, and what of it is to be changed. Judged by the very schema the engine judges it by. Pure.
import { NodePatch } from "../src-core/contract/api.ts";
import type { NodeConfig } from "../src-core/contract/config.ts";
import { nodeAddress } from "../src-core/contract/nats.ts";
import { Weekday } from "../src-core/contract/node-hours.ts";
import type { NodeKind, Place } from "../src-core/contract/node-kinds.ts";
import { keyRef, keyText } from "./key-text.ts";
import { words } from "./language/words.ts";
import { withScheme } from "./node-names.ts";
import { sayings } from "./settings/issue-words.ts";

export interface DeviceDraft {
  readonly name: string;
  readonly gigabytes: string;
}

/** All seven days stand for every day. */
export interface HoursDraft {
  readonly from: string;
  readonly to: string;
  readonly days: readonly Weekday[];
}

export interface WarmDraft {
  readonly model: string;
  readonly at: string;
  readonly days: readonly Weekday[];
}

export interface EditDraft {
  readonly url: string;
  readonly name: string;
  readonly kind: NodeKind;
  /** Empty: found from the address. */
  readonly place: Place | "";
  readonly drained: boolean;
  readonly slots: string;
  readonly watts: string;
  readonly devices: readonly DeviceDraft[];
  /** Where its key is found (`key-text.ts`), never a key. */
  readonly keyName: string;
  readonly fingerprint: string;
  readonly wake: { readonly mac: string; readonly broadcast: string; readonly port: string; readonly unicast: string };
  readonly quietHours: readonly HoursDraft[];
  readonly warmAt: readonly WarmDraft[];
}

/** What differs, as the engine takes it, and one sentence for each field that is not right, by its path: "devices.0.memoryBytes". */
export interface NodeChange {
  readonly change: NodePatch;
  readonly errors: Readonly<Record<string, string>>;
}

const bytesPerGigabyte = 1e9;
const everyDay = Weekday.options;

export function draftOf(config: NodeConfig): EditDraft {
  const { wake } = config;
  return {
    url: config.url,
    name: config.name ?? config.id,
    kind: config.kind,
    place: config.place ?? "",
    drained: config.drained,
    slots: config.slots === undefined ? "" : String(config.slots),
    watts: config.watts === undefined ? "" : String(config.watts),
    devices: config.devices.map(({ name, memoryBytes }) => ({ name: name ?? "", gigabytes: gigabytes(memoryBytes) })),
    keyName: config.key === undefined ? "" : keyText(config.key),
    fingerprint: config.tls?.fingerprint ?? "",
    wake: {
      mac: wake?.mac ?? "",
      broadcast: wake?.broadcast ?? "",
      port: wake === undefined ? "" : String(wake.port),
      unicast: wake?.unicast ?? "",
    },
    quietHours: config.quietHours.map(({ from, to, days }) => ({ from, to, days: days ?? everyDay })),
    warmAt: config.warmAt.map(({ model, at, days }) => ({ model, at, days: days ?? everyDay })),
  };
}

/** What the draft changes of the node as it is. A key is bound to its address, so both are sent together. */
export function changeOf(draft: EditDraft, config: NodeConfig): NodeChange {
  const [wanted, before] = [patchOf(draft), patchOf(draftOf(config))];
  const known = new Map(Object.entries(before).map(([field, value]) => [field, JSON.stringify(value)]));
  const changed = Object.fromEntries(Object.entries(wanted).filter(([field, value]) => JSON.stringify(value) !== known.get(field)));
  const moved = "url" in changed || "nats" in changed;
  const parsed = NodePatch.safeParse(moved ? { ...changed, key: wanted.key } : changed);
  const errors = {
    ...(parsed.success ? {} : sayings(parsed.error.issues)),
    ...(draft.fingerprint.trim() !== "" && !/^https:/i.test(withScheme(draft.url)) ? { tls: words.nodeForms.edit.onlyHttps } : {}),
  };
  return { change: parsed.success ? parsed.data : {}, errors };
}

/** The whole draft in the engine's fields; null clears. What cannot be read as a figure is NaN, which the schema refuses. */
function patchOf(draft: EditDraft) {
  const fingerprint = draft.fingerprint.trim().replace(/^.*fingerprint=/i, "");
  return {
    ...nodeAddress(withScheme(draft.url)),
    kind: draft.kind,
    name: draft.name.trim() === "" ? null : draft.name.trim(),
    place: draft.place === "" ? null : draft.place,
    drained: draft.drained,
    slots: draft.slots.trim() === "" ? null : Number(draft.slots),
    watts: draft.watts.trim() === "" ? null : Number(draft.watts.replace(",", ".")),
    devices: draft.devices.map(({ name, gigabytes: text }) => ({
      ...(name.trim() === "" ? {} : { name: name.trim() }),
      memoryBytes: text.trim() === "" ? Number.NaN : Math.round(Number(text.replace(",", ".")) * bytesPerGigabyte),
    })),
    key: keyRef(draft.keyName) ?? null,
    tls: fingerprint === "" ? null : { fingerprint },
    wake: wakeOf(draft.wake),
    quietHours: draft.quietHours.map(({ from, to, days }) => ({ from, to, ...daysOf(days) })),
    warmAt: draft.warmAt.map(({ model, at, days }) => ({ model: model.trim(), at, ...daysOf(days) })),
  };
}

function wakeOf({ mac, broadcast, port, unicast }: EditDraft["wake"]) {
  if ([mac, broadcast, port, unicast].every((text) => text.trim() === "")) return null;
  return {
    mac: mac.trim(),
    ...(broadcast.trim() === "" ? {} : { broadcast: broadcast.trim() }),
    ...(port.trim() === "" ? {} : { port: Number(port) }),
    ...(unicast.trim() === "" ? {} : { unicast: unicast.trim() }),
  };
}

const daysOf = (days: readonly Weekday[]) =>
  days.length === everyDay.length ? {} : { days: everyDay.filter((day) => days.includes(day)) };

/** Exact where a person wrote whole tenths; the bytes themselves are not for people. */
function gigabytes(memoryBytes: number): string {
  return String(Math.round((memoryBytes / bytesPerGigabyte) * 1000) / 1000);
}
