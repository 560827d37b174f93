// How a test went, in a person's words. Times are measured, never guessed; what the answer does not tell is left out.
import type { ConnectionVerdict } from "../../src-core/contract/connecting.ts";
import { words } from "../language/words.ts";
import type { Tone } from "../tone.ts";

const says = words.connect.test;

export interface VerdictWords {
  readonly tone: Tone;
  readonly title: string;
  readonly says: string | undefined;
}

/** `nodeName`: what a person calls a node. */
export function verdictWords(verdict: ConnectionVerdict, nodeName: (id: string) => string): VerdictWords {
  switch (verdict.state) {
    case "answered": {
      const { model, node, firstByteMs, totalMs, coldLoadMs } = verdict;
      const where = node === undefined ? undefined : nodeName(node);
      return { tone: "ok", title: says.answered, says: says.answeredSays(model, where, firstByteMs, totalMs, coldLoadMs) };
    }
    case "refused":
      return { tone: "bad", title: says.refused(verdict.status), says: verdict.says };
    case "asks":
      return { tone: "warn", title: verdict.because === "cold" ? says.notInMemory : says.inCloud, says: verdict.says };
    case "nothing-to-ask":
      return { tone: "warn", title: says.nothingToAsk, says: verdict.says };
  }
}
