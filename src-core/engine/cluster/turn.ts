// A load in its turn among gateways: what another one loaded is found before anything is loaded or evicted, and the turn ends however the load does.
import type { Failure } from "../../contract/failure.ts";
import type { LoadEnd } from "../load-call.ts";

/** A load's turn among gateways. */
export interface LoadTurn {
  /** Another gateway loaded it since we last knew, or it did before: the node is to be asked before anything is loaded or evicted. */
  readonly elsewhere: boolean;
  /** The load of another gateway that was waited for failed: it is not tried again here at once. The turn is over already. */
  readonly failure?: Failure | undefined;
  /** Call once, with what became of the load. */
  end(failure?: Failure): void;
}

/** `look`: asks the node; undefined where the model is not there as it is wished for. */
export async function inTurn(turn: LoadTurn, look: () => Promise<LoadEnd | undefined>, load: () => Promise<LoadEnd>): Promise<LoadEnd> {
  if (turn.failure !== undefined) return { failure: turn.failure };
  let failure: Failure | undefined;
  try {
    const end = (turn.elsewhere ? await look() : undefined) ?? (await load());
    failure = end.failure;
    return end;
  } finally {
    turn.end(failure);
  }
}
