// The machines of a tailnet, as its command line tells them. It is only asked for its state; nothing is changed there.
import { execFile } from "node:child_process";
import { isIP } from "node:net";
import { z } from "zod";
import { isForbiddenAddress, placeOf } from "../node-url.ts";

/** A machine that was said to be there. `name`: what it calls itself. */
export interface Peer {
  readonly address: string;
  readonly name: string | undefined;
}

export type Tailnet = { readonly peers: readonly Peer[] } | { readonly says: string };

/** Where the command stands when it is not on the PATH: beside the apps of a Mac and of Windows. */
const commands = ["tailscale", "/Applications/Tailscale.app/Contents/MacOS/Tailscale", "C:\\Program Files\\Tailscale\\tailscale.exe"];
const statusMs = 3_000;
const statusBytes = 16 * 1024 * 1024;
const mostPeers = 256;

const PeerShape = z.object({
  HostName: z.string().optional(),
  DNSName: z.string().optional(),
  TailscaleIPs: z.array(z.string()).nullish(),
  Online: z.boolean().optional(),
});
const Status = z.object({ BackendState: z.string(), Peer: z.record(z.string(), PeerShape).nullish() });

/** Asks the first command that is there. Never rejects: what it cannot tell is said in a sentence. */
export async function readTailnet(signal: AbortSignal, candidates: readonly string[] = commands): Promise<Tailnet> {
  for (const command of candidates) {
    const answer = await run(command, signal);
    if (answer !== "absent") return typeof answer === "string" ? { says: answer } : tailnetOf(answer.text);
  }
  return {
    says: "Tailscale's command was not found on this computer, so its machines cannot be listed. Install it, or search a network instead.",
  };
}

/** Reads `tailscale status --json`: machines that are online, by the addresses the tailnet gave them. */
export function tailnetOf(text: string): Tailnet {
  const status = Status.safeParse(parsed(text));
  if (!status.success) return { says: "Tailscale's command answered with something Homeport does not understand. Is it up to date?" };
  const { BackendState: state, Peer: peers } = status.data;
  if (state === "NeedsLogin") return { says: "Tailscale is not logged in on this computer. Log in there, then look again." };
  if (state !== "Running")
    return { says: `Tailscale does not run on this computer (it says "${state.slice(0, 40)}"). Turn it on, then look again.` };
  const online = Object.values(peers ?? {}).filter((peer) => peer.Online === true && !isRented(peer.DNSName));
  return { peers: online.flatMap(peerOf).slice(0, mostPeers) };
}

/** The status is another program's word: only addresses that a tailnet gives are taken from it. */
function peerOf({ TailscaleIPs, DNSName, HostName }: z.infer<typeof PeerShape>): Peer[] {
  const address = (TailscaleIPs ?? []).find((one) => isIP(one) === 4 && !isForbiddenAddress(one) && placeOf(`http://${one}`) === "lan");
  const name = DNSName?.split(".")[0] || HostName;
  return address === undefined ? [] : [{ address, name: name === "" ? undefined : name }];
}

/** Exit nodes that a VPN company lends to a tailnet are nobody's model servers. */
function isRented(name: string | undefined): boolean {
  return name !== undefined && /\.mullvad\.ts\.net\.?$/.test(name);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function run(command: string, signal: AbortSignal): Promise<{ readonly text: string } | string> {
  return new Promise((resolve) => {
    const options = { signal, timeout: statusMs, maxBuffer: statusBytes, windowsHide: true };
    execFile(command, ["status", "--json"], options, (error, stdout, stderr) => {
      if (error === null) return resolve({ text: stdout });
      if (error.code === "ENOENT" || error.code === "EACCES") return resolve("absent");
      // A stopped Tailscale ends with a code and still tells its state.
      if (stdout.trimStart().startsWith("{")) return resolve({ text: stdout });
      if (error.killed === true) return resolve("Tailscale did not tell its state within three seconds. Is it running?");
      const said = stderr.trim().split("\n")[0]?.slice(0, 160);
      resolve(`Tailscale did not tell its state${said === undefined || said === "" ? "." : `: ${said}`}`);
    });
  });
}
