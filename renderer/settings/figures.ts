// The figures of the settings in a person's words: what each is, and what it is good for.
import type { Figure, FiguresName } from "../parts/settings/FiguresSection.tsx";

interface FigureGroup {
  readonly name: FiguresName;
  readonly title: string;
  readonly about: string;
  readonly figures: readonly Figure[];
}

export const routingFigures: readonly FigureGroup[] = [
  {
    name: "breaker",
    title: "Breaker",
    about: "After this many failures a node gets no requests for a while; then one request at a time tests it.",
    figures: [
      { key: "failures", label: "Failures", hint: "within the window" },
      { key: "windowSeconds", label: "Window in seconds" },
      { key: "openSeconds", label: "Pause in seconds", hint: "doubles while it keeps failing" },
      { key: "maxOpenSeconds", label: "Longest pause in seconds" },
    ],
  },
  {
    name: "requests",
    title: "Requests",
    about: "How long a request may take, and how many may wait.",
    figures: [
      { key: "deadlineSeconds", label: "Longest life in seconds", hint: "waiting included; a load may extend it" },
      { key: "firstByteSeconds", label: "First word within, in seconds", hint: "on a model in memory; long prompts get more" },
      { key: "betweenChunksSeconds", label: "Longest silence in seconds", hint: "of a node in the middle of an answer" },
      { key: "clientStallSeconds", label: "Longest stall in seconds", hint: "of an app that stops reading" },
      { key: "queueDepth", label: "Waiting at most", hint: "requests for one model" },
      { key: "maxAttempts", label: "Attempts at most", hint: "for one request" },
    ],
  },
  {
    name: "loads",
    title: "Loads",
    about: "How long bringing a model into memory may take.",
    figures: [
      { key: "minSeconds", label: "At least, in seconds", hint: "before a load is given up" },
      { key: "maxSeconds", label: "At most, in seconds" },
      { key: "stallSeconds", label: "Stuck after, in seconds", hint: "without any progress" },
      { key: "orphanSeconds", label: "Given up after, in seconds", hint: "when nobody waits for it any more" },
    ],
  },
  {
    name: "polling",
    title: "Checks",
    about: "How often nodes are asked how they are.",
    figures: [
      {
        key: "activeSeconds",
        label: "Every so many seconds",
        hint: "while a window is open or there is traffic; on battery only for a window",
      },
      { key: "idleSeconds", label: "At rest, in seconds" },
      { key: "timeoutSeconds", label: "Answer within, in seconds" },
      { key: "missesBeforeDown", label: "Misses until it is down" },
    ],
  },
];
