// What machines announce of themselves by multicast DNS, judged. Anybody in the network can announce anything, so an advert is a hint where to
// look and nothing more (S-44), and never leads to this machine itself, to link-local addresses or out of the house (S-41, S-43).
import { isForbiddenAddress, isLoopbackName, placeOf } from "../node-url.ts";
import type { Door } from "./knock.ts";

/** An announced service. `peer`: the address from which the announcement really came. */
export interface Advert {
  readonly type: string;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly addresses: readonly string[];
  readonly peer: string | undefined;
}

/** Services whose every advert is worth a look, and plain web servers, of which only those with a telling name are. */
export const ownTypes: readonly string[] = ["homeport", "ollama", "lmstudio", "lm-studio", "llama-server", "vllm", "localai", "lemonade"];
export const webType = "http";
const tellingName = /ollama|lm[ _-]?studio|llama|vllm|homeport|local[ _-]?ai|lemonade|koboldcpp|neuron|cortex/i;

/** Whether an advert may be one of a model server. */
export function isPromising({ type, name }: Advert): boolean {
  return ownTypes.includes(type) || (type === webType && tellingName.test(name));
}

/**
 * Where to look for what was announced: where the announcement came from if it names that address, else the first address it names that may be
 * dialled, else where it came from (an advert for 127.0.0.1 means its own machine). Undefined: nowhere. `own`: this machine's addresses.
 */
export function doorOf({ addresses, peer, port }: Advert, own: ReadonlySet<string>): Door | undefined {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  const mayDial = (address: string) => !own.has(address) && isOfTheHouse(address);
  const seen = peer !== undefined && mayDial(peer) ? peer : undefined;
  const named = addresses.filter(mayDial).sort((a, b) => Number(a.includes(":")) - Number(b.includes(":")));
  const address = seen !== undefined && named.includes(seen) ? seen : (named[0] ?? seen);
  return address === undefined ? undefined : { address, port };
}

function isOfTheHouse(address: string): boolean {
  if (isForbiddenAddress(address) || isLoopbackName(address)) return false;
  return placeOf(`http://${address.includes(":") ? `[${address}]` : address}`) === "lan";
}
