// Usage: figures of days, models, nodes and clients, their chart told as a sentence, and where budgets are heading.
import { figure } from "../../format.ts";
import { count } from "./count.ts";
import { common } from "./everywhere.ts";

/** As part of a sentence: "12 requests in the last 7 days". */
const during = { today: "today", week: "in the last 7 days", days30: "in the last 30 days", month: "this month" } as const;
type Range = keyof typeof during;

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const peakOf = (most: string) => (day: string, amount: string) => `${most} on ${day}: ${amount}.`;
const peak = peakOf("Most");

export const usage = {
  title: "Usage",
  daysAreUtc: "Days are UTC.",
  standing: {
    unread: "The figures could not be read.",
    reading: "Reading the figures…",
    knownAt: (time: string) => `These figures are of ${time}.`,
  },
  range: { legend: "Range", today: "Today", week: "7 days", days30: "30 days", month: "This month" },
  empty: {
    title: "Nothing was asked yet",
    text: (range: Range) => `No request arrived ${during[range]}. Point an app at {address}, and what it asks for is counted here.`,
    connectLink: "Connect an app",
  },
  export: { copyWhat: "figures as CSV", copyButton: "Copy as CSV", saveButton: "Save as CSV" },
  totalsLegend: "What to look at",
  days: {
    title: (label: string) => `${label} per day`,
    legend: "Show the days as",
    chart: "Chart",
    table: "Table",
    chartName: (label: string) => `${label} per day, as a chart`,
    /** Under the pointer: "18 Nov: 410, 12 failed". */
    one: (day: string, amount: string, more: string) => common.list([`${day}: ${amount}`, more]),
  },
  groupLegend: "Group by",
  /** Tables of sums. `none`: requests without one, never sent anywhere, or sent without a client's key. */
  tables: {
    day: { heading: "Day", caption: "Usage per day" },
    model: { heading: "Model", caption: "Usage by model", title: "By model", none: "Never sent" },
    node: { heading: "Node", caption: "Usage by node", title: "By node", none: "Never sent" },
    client: { heading: "Client", caption: "Usage by client", title: "By client", none: "Without a client key" },
  },
  /** `also`: what is true of some of it. `part`: the share drawn within its bar. `whole`: all of a range in a sentence. */
  measures: {
    requests: {
      label: "Requests",
      also: (failed: number) => `${figure(failed)} failed`,
      part: "of them failed",
      peak,
      whole: (requests: number, range: Range, more: string) => `${common.list([`${count(requests, "request")} ${during[range]}`, more])}.`,
    },
    tokensIn: {
      label: "Tokens in",
      also: (cached: number) => `${figure(cached)} from caches`,
      part: "of them from caches",
      peak,
      whole: (tokens: string, range: Range, more: string) => `${common.list([`${tokens} tokens in ${during[range]}`, more])}.`,
    },
    tokensOut: { label: "Tokens out", peak, whole: (tokens: string, range: Range) => `${tokens} tokens out ${during[range]}.` },
    money: {
      label: "Money",
      also: (unpriced: number) => `and ${figure(unpriced)} of unknown cost`,
      peak,
      whole: (amount: string, range: Range, unpriced: number) =>
        unpriced === 0
          ? `${amount} ${during[range]}.`
          : `${amount} ${during[range]}, without ${count(unpriced, "request")} of unknown cost.`,
    },
    energy: {
      label: "Energy",
      also: "estimated",
      peak,
      whole: (amount: string, range: Range) => `About ${amount} ${during[range]}, from the watts given for nodes.`,
      nothing: (range: Range) => `No energy is known ${during[range]}.`,
    },
    firstToken: {
      label: "First token",
      also: "on average",
      peak: peakOf("Slowest"),
      whole: (time: string, range: Range) =>
        `${capital(during[range])} the first token came after ${time} on average, waits and loads included.`,
      nothing: (range: Range) => `No answer was timed ${during[range]}.`,
    },
    loads: {
      label: "Waited for loads",
      also: (requests: number) => count(requests, "request"),
      peak,
      whole: (requests: number, time: string, range: Range) =>
        `${count(requests, "request")} waited for a model to load ${during[range]}, ${time} in all.`,
      nothing: (range: Range) => `No request had to wait for a model to load ${during[range]}.`,
    },
  },
  budgets: {
    title: "Budgets",
    usedUp: (instant: string) => `At this pace it is used up around ${instant} UTC (estimate).`,
    lasts: { day: lastsUntil("by midnight UTC"), month: lastsUntil("by the end of the month") },
  },
} as const;

function lastsUntil(end: string) {
  return (amount: string) => `At this pace about ${amount} ${end} (estimate).`;
}
