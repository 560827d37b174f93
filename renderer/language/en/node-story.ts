// What happened on a node, and how quickly it answers.
import type { NodeTopic } from "../../../src-core/contract/node-log.ts";
import { duration, figure, latency, plural } from "../../format.ts";

const topics: Readonly<Record<NodeTopic, string>> = {
  health: "Answering and sleeping",
  sending: "Getting requests",
  models: "Models and memory",
  learned: "What was learned",
  settings: "Settings",
};

const missed = (misses: number) =>
  misses === 0 ? "" : `, ${plural(misses, { one: `${figure(misses)} miss`, other: `${figure(misses)} misses` })}`;

/** Times of the last probes, in milliseconds. */
interface Answers {
  readonly newest: number;
  /** The very last probe was answered. */
  readonly isLatest: boolean;
  readonly least: number;
  readonly most: number;
  /** How long ago the first of them was. */
  readonly span: number;
  readonly misses: number;
}

/** "Answers in 12 ms, 9 ms to 40 ms in the last 5 min, 2 misses". */
function answers({ newest, isLatest, least, most, span, misses }: Answers): string {
  const [from, to] = [latency(least), latency(most)];
  const range = from === to ? "as always" : `${from} to ${to}`;
  return `${isLatest ? "Answers" : "Last answered"} in ${latency(newest)}, ${range} in the last ${duration(span)}${missed(misses)}`;
}

const probes = {
  title: "How quickly it answers",
  none: "It was not looked at since Homeport started.",
  answers,
  noAnswers: (span: number, misses: number) => `No answer in the last ${duration(span)}${missed(misses)}`,
  sentence: (says: string) => `${says}.`,
  lineLabel: (checks: number) => `The last ${figure(checks)} checks, as a line`,
  each: "Show each check",
  eachTitle: "The last checks, newest first",
  at: "At",
  answeredIn: "Answered in",
  noAnswer: "no answer",
} as const;

export const nodeStory = {
  title: "What happened",
  openLabel: (node: string) => `What happened on ${node}`,
  standing: {
    unread: "What happened could not be read.",
    reading: "Reading what happened…",
    knownAt: (time: string) => `This is what was known at ${time}.`,
  },
  topicLabel: "Show",
  everyTopic: "Everything",
  topics,
  noneOfTopic: "Nothing of this kind.",
  none: "Nothing yet. What happens from now on is told here.",
  times: (times: number) => `${figure(times)} times, last at this time.`,
  olderButton: "Show older",
  probes,
} as const;
