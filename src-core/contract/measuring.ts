// Facts that Homeport measured itself, with this machine's own tools, about nodes on this machine.
import type { Memory } from "./fleet.ts";
import type { ModelId, NodeId } from "./ids.ts";

export type MeasuringEvent =
  | {
      readonly type: "memory-measured";
      readonly at: number;
      readonly node: NodeId;
      /** Absent: no tool tells it any more. */
      readonly memory?: Memory | undefined;
    }
  /** By how much the memory in use grew while this model alone was loaded; for nodes that do not say what a model takes. */
  | {
      readonly type: "footprint-measured";
      readonly at: number;
      readonly node: NodeId;
      readonly model: ModelId;
      readonly bytes: number;
      readonly contextTokens?: number | undefined;
    };
