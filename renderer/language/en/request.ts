// One request told in full: why this node, what was tried and passed over, what was changed, and where the time went (UX-14).

import type { Task } from "../../../src-core/contract/route.ts";
import type { Lane } from "../../../src-core/contract/routing.ts";
import { bytes, duration, figure, plural, wholeDuration } from "../../format.ts";
import { count } from "./count.ts";
import { common } from "./everywhere.ts";
import { vocabulary } from "./vocabulary.ts";

const tasks: Readonly<Record<Task, string>> = {
  chat: "chat",
  completion: "completion",
  embedding: "embedding",
  rerank: "rerank",
  load: "load",
  unload: "unload",
};
const lanes: Readonly<Record<Lane, string>> = { interactive: "interactive", batch: "batch" };

/** After "studio was chosen because". Only words with a reason of their own; any other is told by its two words. */
const reasons: Readonly<Record<string, string>> = {
  only: "no other could serve it",
  affinity: "this conversation was there before",
  warm: "it had the model warm",
  healthy: "it was healthier than the others",
  "free-slot": "it had a free slot",
  loading: "it was the most ready",
  sleeping: "it was the quickest to wake",
  sooner: "it would be awake sooner than the others could load",
  pinned: "the model is pinned there",
  room: "it had room for the model",
  fits: "it had room for the model",
  "least-busy": "it was the least busy",
  utilisation: "it was the least used",
  "local-first": "it is the closest",
  priority: "it comes first in your list",
  order: "it comes first in your list",
  fastest: "it was expected to answer soonest",
  cheapest: "it costs the least",
  biggest: "it has the largest model",
  "load-cost": "it was expected to load the model soonest",
  weighted: "its share said so",
  random: "chance chose it",
  name: "nothing else told them apart and its name comes first",
  preferred: "it has the model that is preferred",
  "unproven-last": "it has served this before",
};

function reasonOf(decidedBy: string, hadToLoad: boolean): string {
  if (decidedBy === "warm" && hadToLoad) return "it was the most ready";
  return reasons[decidedBy] ?? `of ${vocabulary.preference(decidedBy, hadToLoad)}`;
}

/** "studio was chosen because it had the model warm, after 1 failed attempt." */
function chosen(node: string, decidedBy: string, hadToLoad: boolean, failedAttempts: number): string {
  const earlier = failedAttempts === 0 ? "" : `after ${count(failedAttempts, "failed attempt")}`;
  return `${common.list([`${node} was chosen because ${reasonOf(decidedBy, hadToLoad)}`, earlier])}.`;
}

/** "attic's", "Atlas'". */
const ownerOf = (name: string): string => (/s$/i.test(name) ? `${name}'` : `${name}'s`);

const inBytes = (length: number): string => (length < 1_000 ? `${length} bytes` : bytes(length));

export const request = {
  tasks,
  lanes,
  similarNames: (names: readonly string[]) => `Similar names: ${common.list(names)}`,
  why: {
    chosen,
    /** What was waited for, in the order it was. */
    waited: (waits: readonly string[]) => `It waited ${waits.join(", then ")}.`,
    inQueue: (ms: number) => `${duration(ms)} in the queue`,
    toWake: (ms: number) => `${duration(ms)} for the machine to wake`,
    toLoad: (ms: number) => `${duration(ms)} for the model to load`,
    tried: (node: string, failure: string) => `${node} was tried: ${failure}`,
    passedOver: (node: string, says: string) => `${node} was passed over: ${says}`,
    breakerOpen: (node: string, leftMs: number, says: string) =>
      `${ownerOf(node)} breaker is open for ${wholeDuration(leftMs)} more: ${says}`,
  },
  asked: { title: "What was asked", first: "First", later: "Then" },
  figures: {
    askedAs: "Asked as",
    askedAsSays: (dialect: string, task: Task, stream: boolean) => common.list([`${dialect} ${tasks[task]}`, stream ? "streamed" : ""]),
    sentIn: "Sent in",
    sentAs: "Sent as",
    waiting: "Waiting for this model",
    expectedWait: "Expected to wait",
    sentAfter: "Sent after",
    waking: "Waking the machine",
    loading: "Loading the model",
    lastToFirstByte: "Last attempt to first byte",
    firstByteAfter: "First byte after",
    answer: "Answer",
    inAll: "In all",
    tokensIn: "Tokens in",
    /** With what a cache gave of them, and what was written to it. */
    tokensInSays: (tokens: number, cached: number, written: number) =>
      common.list([
        figure(tokens),
        cached === 0 ? "" : `${figure(cached)} from the cache`,
        written === 0 ? "" : `${figure(written)} written to it`,
      ]),
    tokensOut: "Tokens out",
    tokensOutSays: (tokens: number, estimated: boolean) => (estimated ? `about ${figure(tokens)}` : figure(tokens)),
    client: "Client",
    agent: "Agent",
    lane: "Lane",
    energy: "Energy, estimated",
    cost: "Cost",
    free: "free",
  },
  changed: {
    title: "What was changed",
    leftOut: "Left out of the request: {fields}",
    /** `dialect`: the node's, which has no word for them. */
    leftOutFor: (dialect: string, fields: number) =>
      `Left out of the request, since ${dialect} has no word for ${plural(fields, { one: "it", other: "them" })}: {fields}`,
  },
  attempts: {
    title: "Attempts",
    before: "Before it was sent",
    running: "Running",
    ended: "Ended",
    ok: "Answered",
    failed: "Failed",
    clientGone: "Client left",
    stages: {
      queued: "queued",
      waking: "waking",
      loading: "loading",
      other: "other",
      reading: "reading the prompt",
      generating: "generating",
      failed: "failed",
    },
    stage: (stage: string, time: string) => `${stage} ${time}`,
  },
  passedOverTitle: "Passed over",
  captured: {
    title: "Captured",
    reading: "Reading…",
    readAgainButton: "Read again",
    forgetButton: "Forget this request",
    forgotten: "Request forgotten",
    notForgotten: "It was not forgotten",
    copyCurlWhat: "request with its words as curl",
    copyCurlButton: "Copy as curl, whole",
    request: { title: "Request", copyWhat: "request", textName: "Request as captured" },
    answer: { title: "Answer", copyWhat: "answer", textName: "Answer as captured" },
    length: (length: number) => inBytes(length),
    lengthCut: (length: number, kept: number) => `${inBytes(length)}, of which the first ${inBytes(kept)} were kept`,
    notBegun: "not begun yet",
    none: "none",
    clientLeft: "none: its app left",
    began: (status: number, contentType: string) => common.list([`status ${status}`, contentType]),
    stillComing: (began: string) => `${began}, still coming`,
    cutOff: (began: string) => `${began}, cut off`,
    /** Whose requests are captured, within a sentence. */
    ofClient: (client: string) => `what the app with the key ${client} sends and gets`,
    ofKeyless: "what apps without a key of their own send and get",
    ofAll: "what apps send and get",
  },
  copies: {
    curlWhat: "request as curl",
    curlButton: "Copy as curl",
    traceWhat: "trace",
    traceButton: "Copy trace",
    /** `gap` stands in the command for what is left out. */
    captured: "Request {id}. This command has {gap} in place of what it said, and no key.",
    notKept:
      "Request {id}. What it said is not kept, so the command has {gap} in its place, and no key. To read what an app sends, {link}.",
    captureLink: "capture its requests",
  },
} as const;
