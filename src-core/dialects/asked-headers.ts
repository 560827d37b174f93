// What a client tells the gateway in headers of our own: who it is, which profile, where it may go. They end here and never travel on (S-20).
// A value that means nothing is refused rather than ignored: a typing error in "stay at home" must not send a prompt to the cloud.
import { type Failure, fail } from "../contract/failure.ts";
import { NodeId } from "../contract/ids.ts";
import type { RequestFacts } from "../contract/route.ts";
import { Lane, RoutingName } from "../contract/routing.ts";

/** Received headers: lower-case names. */
export type Received = Readonly<Record<string, string | string[] | undefined>>;

/** The part of the facts that headers give. */
export type AskedInHeaders = Pick<RequestFacts, "agent" | "profile" | "profileFrom" | "localOnly" | "exclude" | "lane" | "conversation">;

type Reader = (value: string) => AskedInHeaders | undefined;

const nothing: AskedInHeaders = {};
const mostExcluded = 1000;
const longestConversation = 200;
const longestName = 512;

const flags: ReadonlyMap<string, boolean> = new Map([
  ["1", true],
  ["true", true],
  ["0", false],
  ["false", false],
]);

function local(stays: boolean | undefined): AskedInHeaders | undefined {
  if (stays === undefined) return undefined;
  return stays ? { localOnly: true } : nothing;
}

/** Header, what it should hold, and how it is read; in this order, so that two words for one thing add up to the stricter one. */
const readers: readonly (readonly [string, string, Reader])[] = [
  ["x-homeport-agent", "the name of an agent", (value) => (RoutingName.safeParse(value).success ? { agent: value } : undefined)],
  [
    "x-homeport-profile",
    "the name of a profile",
    (value) => (value.length > longestName ? undefined : { profile: value, profileFrom: "header" }),
  ],
  ["x-homeport-local", '"true" or "false"', (value) => local(flags.get(value.toLowerCase()))],
  ["x-homeport-place", '"local" or "any"', (value) => local(value === "local" ? true : value === "any" ? false : undefined)],
  ["x-homeport-exclude", "names of nodes with commas between them", excluded],
  ["x-homeport-lane", '"interactive" or "batch"', lane],
  [
    "x-homeport-conversation",
    `an id of at most ${longestConversation} characters`,
    // Marked, so that no client's id can be taken for a fingerprint.
    (value) => (value.length > longestConversation ? undefined : { conversation: `id:${value}` }),
  ],
];

/** What the headers ask for; undefined where there are none of ours, which is nearly always; or which one is wrong. */
export function readAskedHeaders(headers: Received): AskedInHeaders | Failure | undefined {
  let asked: AskedInHeaders | undefined;
  for (const [name, expected, read] of readers) {
    const value = headers[name];
    if (value === undefined) continue;
    const found = typeof value === "string" && value !== "" ? read(value.trim()) : undefined;
    if (found === undefined) return fail("invalid-request", `${name}: expected ${expected}.`, { field: name });
    asked = { ...asked, ...found };
  }
  return asked;
}

function excluded(value: string): AskedInHeaders | undefined {
  const names = value.split(",", mostExcluded + 1).map((name) => NodeId.safeParse(name.trim()));
  const nodes = names.flatMap(({ data }) => data ?? []);
  return nodes.length === names.length && nodes.length <= mostExcluded ? { exclude: nodes } : undefined;
}

function lane(value: string): AskedInHeaders | undefined {
  const read = Lane.safeParse(value);
  return read.success ? { lane: read.data } : undefined;
}
