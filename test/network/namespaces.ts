// Hosts that are network namespaces of this machine: each with a cable (a veth pair) to one switch (a bridge, in a namespace of its own). Nothing of
// the machine's own network is touched, and everything is gone with `pullDown`, also where a test broke.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { userInfo } from "node:os";

/** The network of the hosts; only they see it. */
const subnet = "10.77.0";
export const broadcast = `${subnet}.255`;

/** A name that no other run uses at this time; Linux lets a namespace have a long one. */
const names = (host: string) => `homeport-${process.pid}-${host}`;

function ip(...args: readonly string[]): string {
  return execFileSync("ip", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Why this machine cannot have such hosts; undefined where it can. It is tried, since rights and kernels differ. */
export function whyNoNamespaces(): string | undefined {
  if (process.platform !== "linux") return "network namespaces are Linux's";
  if (userInfo().uid !== 0) return "network namespaces need root";
  try {
    sweep();
    Network.build(["probe"]).pullDown();
    return undefined;
  } catch (error) {
    const says = error instanceof Error ? error.message.split("\n").slice(0, 2).join(" ") : String(error);
    return `this machine lets no network namespaces be built (${says.slice(0, 120)})`;
  }
}

/** What a run that was killed left behind: its name holds the process it was of. */
function sweep(): void {
  for (const [name, process = ""] of ip("netns", "list").matchAll(/^homeport-(\d+)-\w+/gm))
    if (!existsSync(`/proc/${process}`)) ip("netns", "del", name);
}

export class Host {
  readonly address: string;
  readonly #namespace: string;
  readonly #children = new Set<ChildProcess>();

  constructor(namespace: string, address: string) {
    this.#namespace = namespace;
    this.address = address;
  }

  /** The hardware address of its network card. */
  get mac(): string {
    const [, mac] = /link\/ether (\S+)/.exec(ip("-n", this.#namespace, "link", "show", "eth0")) ?? [];
    if (mac === undefined) throw new Error(`${this.#namespace} has no network card.`);
    return mac;
  }

  /** The cable is pulled: what is under way is neither answered nor reset. */
  cut(): void {
    ip("-n", this.#namespace, "link", "set", "eth0", "down");
  }

  heal(): void {
    ip("-n", this.#namespace, "link", "set", "eth0", "up");
  }

  /** Runs a script of Node's here. `ip` becomes the process, so signals reach it. `onLine` hears its stdout. */
  async run(
    args: readonly string[],
    onLine: (line: string) => void = () => undefined,
  ): Promise<{ readonly child: ChildProcess; readonly first: string }> {
    const child = spawn("ip", ["netns", "exec", this.#namespace, process.execPath, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    this.#children.add(child);
    let said = "";
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors = (errors + text).slice(-2_000);
    });
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", () => reject(new Error(`${args.join(" ")} ended in ${this.#namespace}: ${errors}`)));
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        const lines = (said + text).split("\n");
        said = lines.pop() ?? "";
        for (const line of lines) {
          resolve({ child, first: line });
          onLine(line);
        }
      });
    });
  }

  /** SIGKILL also ends what is suspended. */
  async stop(): Promise<void> {
    const ends = [...this.#children].map((child) => {
      if (child.exitCode !== null || child.signalCode !== null) return undefined;
      const end = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      child.kill("SIGKILL");
      return end;
    });
    await Promise.all(ends);
  }
}

export class Network {
  readonly #hosts = new Map<string, Host>();

  private constructor() {}

  /** Throws where the machine does not allow it, and leaves nothing behind then. */
  static build(hosts: readonly string[]): Network {
    const network = new Network();
    try {
      ip("netns", "add", names("switch"));
      ip("-n", names("switch"), "link", "add", "bridge", "type", "bridge");
      ip("-n", names("switch"), "link", "set", "bridge", "up");
      for (const host of hosts) network.#add(host);
      return network;
    } catch (error) {
      network.pullDown(hosts);
      throw error;
    }
  }

  host(name: string): Host {
    const host = this.#hosts.get(name);
    if (host === undefined) throw new Error(`There is no host ${name}.`);
    return host;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#hosts.values()].map((host) => host.stop()));
    this.pullDown();
  }

  /** With a namespace its cables go. One that was never made is no error. */
  pullDown(hosts: Iterable<string> = this.#hosts.keys()): void {
    for (const name of [...hosts, "switch"]) {
      try {
        ip("netns", "del", names(name));
      } catch {
        // It was not there.
      }
    }
  }

  #add(name: string): void {
    const namespace = names(name);
    const address = `${subnet}.${this.#hosts.size + 1}`;
    const port = `port${this.#hosts.size + 1}`;
    ip("netns", "add", namespace);
    ip("-n", namespace, "link", "set", "lo", "up");
    ip("-n", namespace, "link", "add", "eth0", "type", "veth", "peer", "name", port, "netns", names("switch"));
    ip("-n", names("switch"), "link", "set", port, "master", "bridge", "up");
    ip("-n", namespace, "addr", "add", `${address}/24`, "broadcast", broadcast, "dev", "eth0");
    ip("-n", namespace, "link", "set", "eth0", "up");
    this.#hosts.set(name, new Host(namespace, address));
  }
}
