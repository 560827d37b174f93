// What a search says of a source that gave nothing, so that nobody is left with an empty list: why, and what to do.
import type { Subnet } from "./subnets.ts";
import type { Outcomes } from "./sweep.ts";

/** On a Mac a closed local network looks exactly like a missing route (F03); loopback and a tailnet work all the same. */
const macLocalNetwork =
  "macOS lets an app reach your network only after you allowed it: open System Settings, Privacy & Security, Local Network, turn on Homeport " +
  "(or the terminal it runs in), and look again. Servers on this computer and Tailscale's machines are not affected.";

export const nobodyAnnounced = "No model server announced itself. Most never do, Ollama among them: search a network as well.";

export const nothingHere = "No model server answers on the usual ports of this computer. Start one, or add one by its address.";

export const nobodyOnline = "No other machine of your tailnet is online right now.";

export const noOwnNetwork = "This computer is in no private network. Give one yourself, like 192.168.1.0/24.";

/** `code`: the system's word for why multicast failed. */
export function multicastFailed(code: string, platform: NodeJS.Platform): string {
  if (platform === "darwin") return `Announcements could not be asked for. ${macLocalNetwork}`;
  const taken = code === "EADDRINUSE" ? " Another program keeps port 5353 to itself." : "";
  return `Announcements could not be asked for on this network (${code}).${taken} Search a network by its addresses instead.`;
}

/** A share of all doors beyond which they tell more of what stands between than of the machines behind them. */
const mostly = 0.5;
/** In a network of two or three machines, most doors may well be open. */
const fewDoors = 256;

/** Undefined where something answered as a house does: then the list speaks for itself. */
export function outcomeSays({ cidr }: Subnet, outcomes: Outcomes, platform: NodeJS.Platform): string | undefined {
  const { open, refused, silent, unreachable } = outcomes;
  const all = open + refused + silent + unreachable;
  if (all > fewDoors && open / all > mostly) {
    return `Nearly every port in ${cidr} accepts connections. A VPN, firewall or proxy answers for machines that may not be there, so some of yours may be missing here: add them by address.`;
  }
  if (all === 0 || open + refused > 0) return undefined;
  if (unreachable / all > mostly) {
    if (platform === "darwin") return `Nothing in ${cidr} can be reached from here. ${macLocalNetwork}`;
    return `There is no way to ${cidr} from this computer. Is it the right network, and is this computer connected to it?`;
  }
  return `Nothing at all answered in ${cidr}. Is it the right network? Machines that are asleep or behind a firewall do not answer.`;
}
