// What a load would mean, in words: whether it fits, who would leave, and how long it takes. Estimates say that they are some (UX-06, UX-25).
import type { Leaving, LoadChoice, UnloadAfter } from "../../src-core/contract/model-options.ts";
import { words } from "../language/words.ts";
import type { Tone } from "../tone.ts";

const { loading } = words;

interface VerdictWords {
  readonly tone: Tone;
  readonly word: string;
  readonly says: readonly string[];
}

const tones: Readonly<Record<LoadChoice["verdict"], Tone>> = {
  "in-memory": "ok",
  loading: "busy",
  fits: "ok",
  tight: "warn",
  "fits-after": "warn",
  "too-big": "bad",
  unknown: "off",
  cannot: "off",
};

/** One node's verdict: a word, and the figures behind it. */
export function verdictWords(choice: LoadChoice, now: number): VerdictWords {
  const { verdict, leaving, wakes } = choice;
  const more = choice.says === undefined ? [] : [choice.says];
  const figures = [...roomSays(choice), ...leaving.map((one) => leavingSays(one, now)), ...(wakes === true ? [loading.wakes] : [])];
  return {
    tone: tones[verdict],
    word: loading.verdict(verdict, leaving.length),
    says: verdict === "cannot" ? more : [...figures, ...more],
  };
}

function roomSays({ room }: LoadChoice): readonly string[] {
  if (room?.needBytes === undefined) return [];
  const needs = room.needSource === "estimate" ? loading.needsAbout(room.needBytes) : loading.needs(room.needBytes);
  return [room.freeBytes === undefined ? needs : loading.withFree(needs, Math.max(0, room.freeBytes))];
}

function leavingSays({ model, bytes, inFlight, lastUsedAt }: Leaving, now: number): string {
  const { leaves } = loading;
  if (inFlight > 0) return leaves.atWork(model, bytes, inFlight);
  return lastUsedAt === undefined ? leaves.unused(model, bytes) : leaves.used(model, bytes, lastUsedAt, now);
}

/** How long a load takes there, from that node's own history. */
export function expectedSays({ verdict, expected }: LoadChoice): string {
  if (verdict === "in-memory" || verdict === "cannot") return "";
  if (expected === undefined) return loading.takes.unknown;
  return expected.from === "history" ? loading.takes.usually(expected.ms) : loading.takes.about(expected.ms);
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
  return all.sort((a, b) => a - b).map((value) => ({ value, label: loading.options.tokens(value) }));
}

const idleMinutes = [5, 15, 30, 60, 240, 1440];

/** How long it may be idle. */
export function idleChoices(saved: UnloadAfter | undefined): readonly { readonly value: UnloadAfter; readonly label: string }[] {
  const minutes = [...new Set([...idleMinutes, ...(typeof saved === "number" ? [saved] : [])])].sort((a, b) => a - b);
  return [...minutes.map((value) => ({ value, label: loading.options.minutes(value) })), { value: "never", label: loading.options.never }];
}
