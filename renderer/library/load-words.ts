// What a load would mean, in words: whether it fits, who would leave, and how long it takes. Estimates say that they are some (UX-06, UX-25).
import type { Leaving, LoadChoice, UnloadAfter } from "../../src-core/contract/model-options.ts";
import { age, bytes, context, count, duration } from "../format.ts";
import type { Tone } from "../tone.ts";

interface VerdictWords {
  readonly tone: Tone;
  readonly word: string;
  readonly says: readonly string[];
}

/** One node's verdict: a word, and the figures behind it. */
export function verdictWords(choice: LoadChoice, now: number): VerdictWords {
  const more = choice.verdict === "cannot" || choice.says === undefined ? [] : [choice.says];
  const wakes = choice.wakes === true ? ["its machine is woken first"] : [];
  const says = [...figures(choice), ...choice.leaving.map((one) => leavingSays(one, now)), ...wakes, ...more];
  switch (choice.verdict) {
    case "in-memory":
      return { tone: "ok", word: "In memory already", says };
    case "loading":
      return { tone: "busy", word: "Being loaded now", says };
    case "fits":
      return { tone: "ok", word: "Fits", says };
    case "tight":
      return { tone: "warn", word: "Fits, with little to spare", says };
    case "fits-after":
      return { tone: "warn", word: `Fits after unloading ${count(choice.leaving.length, "model")}`, says };
    case "too-big":
      return { tone: "bad", word: "Does not fit", says };
    case "unknown":
      return { tone: "off", word: "Not known whether it fits", says };
    case "cannot":
      return { tone: "off", word: "Cannot be loaded here", says: choice.says === undefined ? [] : [choice.says] };
  }
}

function figures({ room }: LoadChoice): readonly string[] {
  if (room?.needBytes === undefined) return [];
  const need = `needs ${room.needSource === "estimate" ? "about " : ""}${bytes(room.needBytes)}${room.needSource === "estimate" ? " (estimate)" : ""}`;
  return room.freeBytes === undefined ? [need] : [`${need}, ${bytes(Math.max(0, room.freeBytes))} free`];
}

function leavingSays({ model, bytes: size, inFlight, lastUsedAt }: Leaving, now: number): string {
  const held = size === undefined ? "" : ` (${bytes(size)})`;
  if (inFlight > 0) return `unloads ${model}${held}, once its ${count(inFlight, "request")} ended`;
  return `unloads ${model}${held}, ${lastUsedAt === undefined ? "not used since the start" : `used ${age(lastUsedAt, now)}`}`;
}

/** How long a load takes there, from that node's own history. */
export function expectedSays({ verdict, expected }: LoadChoice): string {
  if (verdict === "in-memory" || verdict === "cannot") return "";
  if (expected === undefined) return "time not known yet";
  return expected.from === "history" ? `usually ${duration(expected.ms)}` : `about ${duration(expected.ms)} (estimate)`;
}

/** True where a load may be asked for. */
export function mayLoad({ verdict }: LoadChoice): boolean {
  return verdict !== "in-memory" && verdict !== "loading" && verdict !== "cannot";
}

/** A reload longer than this is no small thing for who used the model that leaves. */
const longLoadMs = 60_000;

/** Whether a person is asked before it: somebody's requests would be waited for, or what leaves is gone for long (UX-09). */
export function asksFirst({ leaving, expected }: LoadChoice): boolean {
  return leaving.length > 0 && (leaving.some(({ inFlight }) => inFlight > 0) || (expected?.ms ?? 0) > longLoadMs);
}

const contexts = [2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072, 262_144];

/** Sizes to choose from, none beyond the model's own; one that was saved is always among them. */
export function contextChoices(
  most: number | undefined,
  saved: number | undefined,
): readonly { readonly value: number; readonly label: string }[] {
  const usual = contexts.filter((tokens) => tokens <= (most ?? Number.POSITIVE_INFINITY));
  const all = [...new Set([...usual, ...(most === undefined ? [] : [most]), ...(saved === undefined ? [] : [saved])])];
  return all.sort((a, b) => a - b).map((value) => ({ value, label: `${context(value)} tokens` }));
}

const idleMinutes = [5, 15, 30, 60, 240, 1440];

/** How long it may be idle. */
export function idleChoices(saved: UnloadAfter | undefined): readonly { readonly value: UnloadAfter; readonly label: string }[] {
  const minutes = [...new Set([...idleMinutes, ...(typeof saved === "number" ? [saved] : [])])].sort((a, b) => a - b);
  return [...minutes.map((value) => ({ value, label: duration(value * 60_000) })), { value: "never", label: "never" }];
}
