// What a gateway that has run in the demo's house for weeks would have learned: how fast each model answers there and how long its loads take.
// Taken from what the simulated nodes are made of, handed in as if it came from the journal; what was really measured wins, and nothing is written.
import type { Figures, LoadHistory } from "../contract/fleet.ts";
import type { Journal } from "../engine/journal-port.ts";
import { demoNodes } from "./demo-nodes.ts";

/** As many answers as a median is taken of. */
const samples = 9;

type PerNode<T> = Readonly<Record<string, Readonly<Record<string, T>>>>;

/** The journal, remembering the demo's house beside what it holds. */
export function withDemoMemory(journal: Journal): Journal {
  return {
    ...journal,
    loadHistory: () => over(remembered(historyOf), journal.loadHistory()),
    figures: () => over(remembered(figuresOf), journal.figures()),
  };
}

type DemoModel = (typeof demoNodes)[number]["models"][number];

/** Loads of about a twentieth more and less around the usual time. */
function historyOf({ loadMs = 0 }: DemoModel): LoadHistory | undefined {
  return loadMs === 0 ? undefined : { ms: [0.96, 1.05, 1].map((factor) => Math.round(loadMs * factor)) };
}

function figuresOf({ firstTokenMs = 0, tokensPerSecond = 0 }: DemoModel): Figures | undefined {
  return tokensPerSecond === 0 ? undefined : { firstByteMs: firstTokenMs, tokensPerSecond, samples };
}

function remembered<T>(of: (model: DemoModel) => T | undefined): PerNode<T> {
  return Object.fromEntries(
    demoNodes.map((node) => [
      node.id,
      Object.fromEntries(
        node.models.flatMap((model) => {
          const value = of(model);
          return value === undefined ? [] : [[model.name.toLowerCase(), value] as const];
        }),
      ),
    ]),
  );
}

function over<T>(under: PerNode<T>, measured: PerNode<T>): PerNode<T> {
  const nodes = new Set([...Object.keys(under), ...Object.keys(measured)]);
  return Object.fromEntries([...nodes].map((node) => [node, { ...under[node], ...measured[node] }]));
}
