// What an engine is put together from: the composition roots supply it, tests supply doubles.
import type { Push } from "../contract/api.ts";
import type { CaretakerParts } from "./caretaker.ts";
import type { RefuseWith } from "./exchange.ts";
import type { Journal } from "./journal-port.ts";
import type { OpenNats } from "./nats-port.ts";
import type { Announcer, Clock, ConfigSource, DeviceReader, Draw, ImageFetcher, Log, NodeKinds, Secrets, Survey } from "./ports.ts";

export interface EngineParts {
  readonly config: ConfigSource;
  readonly kinds: NodeKinds;
  /** This gateway's name among gateways, told to nodes of the house. */
  readonly instance?: string | undefined;
  readonly survey: Survey;
  readonly secrets: Secrets;
  readonly journal: Journal;
  /** What this machine's tools tell; absent: its memory is not measured. */
  readonly devices?: DeviceReader | undefined;
  readonly log: Log;
  /** Absent: figures are not published. */
  readonly announcer?: Announcer | undefined;
  readonly clock: Clock;
  /** Absent: nothing can be woken, and changes of network go unnoticed. */
  readonly thisComputer?: CaretakerParts["thisComputer"];
  readonly draw: Draw;
  readonly refuse: RefuseWith;
  /** Fetches the pictures that clients name by an address. */
  readonly images: ImageFetcher;
  /** Tells this machine's loopback from those of other gateways. */
  readonly machine?: string | undefined;
  /** Opens links to NATS servers; absent: nodes on NATS cannot be reached. */
  readonly openNats?: OpenNats | undefined;
  /** What only the composition knows of a snapshot: addresses, version. */
  readonly surroundings: () => Pick<Snapshot, "app" | "gateway" | "search" | "capture">;
}

/** What a window is told of the engine as a whole. */
export type Snapshot = Extract<Push, { type: "snapshot" }>["snapshot"];
