// Loading a model, in English: each node's verdict, who would leave, how long it takes, and the options. Estimates say that they are some (UX-06, UX-25).
import type { LoadChoice } from "../../../src-core/contract/model-options.ts";
import { age, bytes, context, duration } from "../../format.ts";
import { count } from "./count.ts";

type Verdict = LoadChoice["verdict"];

const verdicts: Readonly<Record<Exclude<Verdict, "fits-after">, string>> = {
  "in-memory": "In memory already",
  loading: "Being loaded now",
  fits: "Fits",
  tight: "Fits, with little to spare",
  "too-big": "Does not fit",
  unknown: "Not known whether it fits",
  cannot: "Cannot be loaded here",
};

const held = (size: number | undefined) => (size === undefined ? "" : ` (${bytes(size)})`);

export const loading = {
  title: (model: string) => `Load ${model}`,
  looking: "Looking where it fits…",
  nowhere: "No node that could load it is known any more.",
  onWhichNode: "On which node",
  best: "best",
  load: "Load",
  loadAnyway: "Load anyway",
  notLoaded: (model: string) => `${model} was not loaded`,
  notSaved: "The options were not saved, and nothing was loaded",

  verdict: (verdict: Verdict, leaving: number) =>
    verdict === "fits-after" ? `Fits after unloading ${count(leaving, "model")}` : verdicts[verdict],
  wakes: "its machine is woken first",
  needs: (size: number) => `needs ${bytes(size)}`,
  needsAbout: (size: number) => `needs about ${bytes(size)} (estimate)`,
  withFree: (needs: string, free: number) => `${needs}, ${bytes(free)} free`,
  /** Of a model that would have to go; its size where its node tells. */
  leaves: {
    atWork: (model: string, size: number | undefined, requests: number) =>
      `unloads ${model}${held(size)}, once its ${count(requests, "request")} ended`,
    used: (model: string, size: number | undefined, at: number, now: number) => `unloads ${model}${held(size)}, used ${age(at, now)}`,
    unused: (model: string, size: number | undefined) => `unloads ${model}${held(size)}, not used since the start`,
  },
  takes: {
    unknown: "time not known yet",
    usually: (ms: number) => `usually ${duration(ms)}`,
    about: (ms: number) => `about ${duration(ms)} (estimate)`,
  },

  options: {
    legend: "For every load of this model",
    asItsServerLikes: "as its server likes",
    untaken: (node: string) => `${node} decides this itself.`,
    context: "Context",
    tokens: (tokens: number) => `${context(tokens)} tokens`,
    idle: "Unload when idle for",
    minutes: (minutes: number) => duration(minutes * 60_000),
    never: "never",
  },
} as const;
