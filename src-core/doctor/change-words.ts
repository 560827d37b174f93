// The doctor's changes in words. Every finding carries its change's sentence, so that whoever asks before it is written, in a window or a terminal, asks
// the same.
import type { ConfigChange, Finding } from "../contract/diagnosis.ts";
import type { Repair } from "../contract/routing.ts";

const repairWords: Readonly<Record<Repair, string>> = {
  "tool-calls": "tool calls it writes as text become real ones",
  thinking: "what it writes between <think> tags leaves its answers",
  "stop-markers": "markers such as <|im_end|> leave its answers",
};

/** What a change would write, with the setting's name. */
export function changeSays(change: ConfigChange): string {
  switch (change.what) {
    case "port":
      return `Listen on port ${change.port} (${change.door}.port).`;
    case "loopback":
      return "Let only this computer in (gateway.host is 127.0.0.1).";
    case "close-ollama-routes":
      return "Let no client delete or overwrite models (gateway.allowOllamaRoutes is empty).";
    case "node-kind":
      return `Take node ${change.node} for what answers there, ${change.kind} (its kind).`;
    case "context":
      return `Load ${change.model} with a context of ${change.tokens} tokens from now on (catalogue). What is loaded now stays until it is loaded again.`;
    case "repair":
      return `Put answers of ${change.model} right: ${repairWords[change.repair]} (a profile whose chain begins with it).`;
  }
}

/** The finding with its change told. */
export function toldChange(finding: Finding): Finding {
  const { fix } = finding;
  return fix?.change === undefined ? finding : { ...finding, fix: { ...fix, writes: changeSays(fix.change) } };
}
