// The figures of the settings, section by section, in the order in which they stand.
import { words } from "../language/words.ts";
import type { Figure, FigureGroup } from "../parts/settings/FiguresSection.tsx";

const { breaker, requests, loads, polling } = words.settings.figures;

const ordered = <Key extends string>(fields: Readonly<Record<Key, Omit<Figure, "key">>>, keys: readonly Key[]): readonly Figure[] =>
  keys.map((key) => ({ key, ...fields[key] }));

export const routingFigures: readonly FigureGroup[] = [
  {
    ...breaker,
    name: "breaker",
    figures: ordered(breaker.fields, ["failures", "windowSeconds", "openSeconds", "maxOpenSeconds"]),
  },
  {
    ...requests,
    name: "requests",
    figures: ordered(requests.fields, [
      "deadlineSeconds",
      "firstByteSeconds",
      "betweenChunksSeconds",
      "clientStallSeconds",
      "queueDepth",
      "maxAttempts",
    ]),
  },
  { ...loads, name: "loads", figures: ordered(loads.fields, ["minSeconds", "maxSeconds", "stallSeconds", "orphanSeconds"]) },
  {
    ...polling,
    name: "polling",
    figures: ordered(polling.fields, ["activeSeconds", "idleSeconds", "timeoutSeconds", "missesBeforeDown"]),
  },
];
