// The places where servers are looked for, in a person's words: what each is, what it costs, and how far it has come.
import type { FindSource, SourceProgress } from "../../src-core/contract/finding.ts";
import { count } from "../format.ts";
import type { Tone } from "../tone.ts";

export const sourceNames: Readonly<Record<FindSource, string>> = {
  "this-computer": "This computer",
  mdns: "Announcements",
  tailscale: "Tailscale",
  subnet: "A network",
  workers: "Workers on NATS",
};

export const sourceHints: Readonly<Record<FindSource, string>> = {
  "this-computer": "The usual ports of model servers on this computer.",
  mdns: "Listens four seconds to who announces itself by multicast DNS. Few model servers do; Ollama does not.",
  tailscale: "The usual ports of your tailnet's machines that are online, as the tailscale command lists them.",
  subnet: "The usual ports of every address, about seven seconds for 254 of them. At most /22.",
  workers: "Homeport's workers at the NATS server of your settings.",
};

/** A source that ended with something to say found nothing, and a green mark would hide why. */
export function toneOf({ state, says }: SourceProgress): Tone {
  if (state === "running") return "busy";
  if (state === "cancelled") return "off";
  return state === "failed" || says !== undefined ? "warn" : "ok";
}

/** "1,204 of 4,064 ports asked", and what a person should know of its end. */
export function progressSays({ source, state, asked, of, says }: SourceProgress): string {
  if (says !== undefined) return says;
  const asks = of === undefined ? "" : `${asked.toLocaleString("en")} of ${count(of, "port")} asked`;
  if (state === "running") return of === undefined ? (source === "mdns" ? "Listening" : "Asking") : asks;
  if (state === "cancelled") return asks === "" ? "Cancelled" : `Cancelled: ${asks}`;
  return of === undefined ? "Done" : `${count(of, "port")} asked`;
}
