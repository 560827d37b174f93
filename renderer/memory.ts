// A node's device memory as the bar shows it: what our models hold, what others hold, what is free, and what a load will take.
// Every figure carries its source; without a total there is no bar (ux.md 5, "VRAM truth").
import type { FigureSource, Load, Node } from "../src-core/contract/fleet.ts";

export interface MemoryFigures {
  readonly oursBytes: number;
  /** False where a loaded model does not say its size, so that `oursBytes` is a lower bound. */
  readonly oursComplete: boolean;
  readonly othersBytes: number | undefined;
  /** Undefined where neither the node nor the models' own sizes tell. */
  readonly freeBytes: number | undefined;
  readonly pendingBytes: number;
  readonly totalBytes: number | undefined;
  readonly totalSource: FigureSource | undefined;
}

/** `loads` are those of this node. Free is an upper bound where the node does not say what others use. */
export function memoryFigures(node: Node, loads: readonly Load[]): MemoryFigures {
  const warm = Object.values(node.models).flatMap((model) => (model.residency.state === "warm" ? [model.residency] : []));
  const oursBytes = warm.reduce((sum, held) => sum + (held.vramBytes ?? 0), 0);
  const { totalBytes, usedBytes, totalSource } = node.memory;
  const othersBytes = usedBytes === undefined ? undefined : Math.max(0, usedBytes - oursBytes);
  const oursComplete = warm.every((held) => held.vramBytes !== undefined);
  const usedKnown = usedBytes !== undefined || oursComplete;
  return {
    oursBytes,
    oursComplete,
    othersBytes,
    freeBytes: totalBytes === undefined || !usedKnown ? undefined : Math.max(0, totalBytes - oursBytes - (othersBytes ?? 0)),
    pendingBytes: loads.reduce((sum, load) => sum + (load.bytes ?? 0), 0),
    totalBytes,
    totalSource,
  };
}
