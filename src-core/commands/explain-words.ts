// An explanation as a person reads it on a terminal: where a request would go, who was weighed how, who was turned away and why.
import type { Explanation } from "../contract/route.ts";

type Link = Explanation["links"][number];
type Candidate = Link["candidates"][number];

/** Lines without colours. Names and sentences come from nodes and the configuration; control characters in them are not printed. */
export function explanationLines(explanation: Explanation): readonly string[] {
  const { asked, resolution, policy, links, next } = explanation;
  const by = [resolution.profile && `profile ${resolution.profile}`, resolution.rule && `rule ${resolution.rule}`]
    .filter(Boolean)
    .join(", ");
  const because = becauseWords[resolution.because];
  return [
    `"${asked}" means ${links.map(({ link }) => linkName(link, asked)).join(", then ")}: ${because}${by === "" ? "" : ` (${by})`}.`,
    `Policy ${policy.name}: ${policy.preferences.join(", ")}.`,
    ...links.flatMap((link, at) => linkLines(link, `${links.length > 1 ? `${at + 1}. ` : ""}${linkName(link.link, asked)}`)),
    "",
    `Now: ${next.says}`,
  ].map(printable);
}

const becauseWords: Readonly<Record<Explanation["resolution"]["because"], string>> = {
  "body-profile": "the request's body names the profile",
  "header-profile": "a header names the profile",
  model: "it is a model's own name",
  alias: "it is an alias",
  profile: "it is a profile's name",
  agent: "the agent's profile decides",
  rule: "a rule matched",
  default: "the default profile decides",
};

function linkName({ model, requires, prefer = [] }: Link["link"], asked: string): string {
  if (model !== undefined) return model;
  if (requires === undefined) return asked;
  return `any ${requires} model${prefer.length === 0 ? "" : ` (best first: ${prefer.join(", ")})`}`;
}

function linkLines({ link, candidates, rejected, decidedBy, relaxed }: Link, name: string): string[] {
  const [first, second] = candidates;
  const decided =
    second === undefined
      ? "there is no other candidate"
      : `decided by ${decidedBy}${valuesOf(first, second, decidedBy)} against ${second.node}`;
  return [
    "",
    name,
    ...(link.policy === undefined ? [] : [`   Policy of this part: ${link.policy.join(", ")}.`]),
    ...(first === undefined ? ["   nobody can serve it now"] : [`   → ${first.node} (${decided})`]),
    ...(relaxed === undefined ? [] : [`   The filter "${relaxed}" would have left nobody and was set aside.`]),
    ...candidates.flatMap((candidate) => candidateLines(candidate)),
    ...rejected.map(({ node, model, because, says }) => `   ✗ ${node}${model === undefined ? "" : ` ${model}`}: ${because}: ${says}`),
  ];
}

/** " (0 < 2)": the two values that made the difference; lower is better. */
function valuesOf(first: Candidate | undefined, second: Candidate, preference: string): string {
  const valueIn = (one: Candidate | undefined) => one?.levels.find((level) => level.preference === preference)?.value;
  const [better, worse] = [valueIn(first), valueIn(second)];
  return better === undefined || worse === undefined ? "" : ` (${amount(better)} < ${amount(worse)})`;
}

function candidateLines({ node, model, readiness, levels, room, expectedWaitMs }: Candidate): string[] {
  const wait = expectedWaitMs === undefined ? "" : `, about ${duration(expectedWaitMs)} to the first byte (estimate)`;
  const told = levels.filter(({ value }) => value !== 0).map(({ preference, value }) => `${preference} ${amount(value)}`);
  return [
    `   ✓ ${node} ${model}: ${readiness}${wait}`,
    ...(told.length === 0 ? [] : [`       levels, lower is better, the others 0: ${told.join(", ")}`]),
    ...(room === undefined ? [] : [`       memory: ${roomWords(room)}`]),
  ];
}

function roomWords({ verdict, needBytes, needSource, freeBytes, evict }: NonNullable<Candidate["room"]>): string {
  const needs =
    needBytes === undefined ? "need unknown" : `needs ${gigabytes(needBytes)}${needSource === undefined ? "" : ` (${needSource})`}`;
  const free = freeBytes === undefined ? "free unknown" : `${gigabytes(freeBytes)} free`;
  return `${verdict}, ${needs}, ${free}${evict.length === 0 ? "" : `; would be evicted: ${evict.join(", ")}`}`;
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
const amount = (value: number) => (Number.isInteger(value) ? String(value) : value.toPrecision(3));
const duration = (ms: number) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** A terminal acts on control characters (S-85). */
function printable(line: string): string {
  return line.replace(/[\p{Cc}\p{Bidi_Control}]/gu, "�");
}
