// How a test went, in a person's words. Times are measured, never guessed; what the answer does not tell is left out.
import type { ConnectionVerdict } from "../../src-core/contract/connecting.ts";
import { duration, latency } from "../format.ts";
import type { Tone } from "../tone.ts";

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
      const where = node === undefined ? model : `${model} on ${nodeName(node)}`;
      const loaded = coldLoadMs === undefined ? "It was in memory already." : `It was loaded first, which took ${duration(coldLoadMs)}.`;
      return {
        tone: "ok",
        title: "It works",
        says: `${where} answered: first byte after ${latency(firstByteMs)}, all of it after ${latency(totalMs)}. ${loaded}`,
      };
    }
    case "refused":
      return { tone: "bad", title: verdict.status === undefined ? "No answer" : `Refused (${verdict.status})`, says: verdict.says };
    case "asks":
      return { tone: "warn", title: verdict.because === "cold" ? "Not in memory" : "In the cloud", says: verdict.says };
    case "nothing-to-ask":
      return { tone: "warn", title: "Nothing to ask", says: verdict.says };
  }
}
