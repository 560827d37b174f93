// Activity: the list of requests, the choices above it, and a list of none. What an opened request says stands in request.ts.
import { figure } from "../../format.ts";
import { count } from "./count.ts";
import { common } from "./everywhere.ts";

/** `shown` absent: all are. */
function summary(running: number, finished: number, shown: number | undefined): string {
  return common.list([
    `${figure(running)} running`,
    `${count(finished, "request")} finished`,
    shown === undefined ? "" : `${figure(shown)} shown`,
  ]);
}

export const activity = {
  title: "Activity",
  summary,
  noMatch: { title: "No request matches", showAllButton: "Show all" },
  empty: {
    name: "No traffic yet",
    title: "No requests yet",
    text: "Point any OpenAI client at {openai}, or any Ollama or Anthropic client (such as Claude Code) at {address}. Or try it from a terminal:",
    /** Within the command: a model where none is known, and what it is asked. */
    anyModel: "your-model",
    question: "Say hello.",
    copyWhat: "command",
    copyButton: "Copy command",
  },
  filters: {
    show: { legend: "Show", all: "All", running: "Running", answered: "Answered", failed: "Failed" },
    model: { label: "Model", any: "Any model" },
    node: { label: "Node", any: "Any node" },
    client: { label: "Client", any: "Any client" },
    place: { label: "Place", any: "Any place", home: "at home", cloud: "in the cloud" },
    search: "Filter by model, node or client",
    clearButton: "Clear",
  },
  columns: {
    time: "Time",
    state: "State",
    model: "Model",
    node: "Node",
    why: "Why there",
    took: "Took, cost",
    tokens: "Tokens, speed",
    actions: "Actions",
  },
  row: {
    noNode: "none",
    fieldsLeftOut: (fields: number) => `${count(fields, "field")} left out`,
    /** How long it has been in its phase. */
    phaseFor: "for {time}",
    /** The deciding preference in two words, and how many tries it took where more than one. */
    why: (preference: string, attempts: number) => common.list([preference, attempts > 1 ? count(attempts, "attempt") : ""]),
    cancelName: (model: string) => `Cancel the request to ${model}`,
    cancelFailed: "The request goes on",
  },
} as const;
