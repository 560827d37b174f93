// A search for model servers: each source that was asked for runs beside the others, all at one pace. What Homeport can use is told at once, and
// every source says at its end why it gave nothing.
import { type Failure, fail } from "../../contract/failure.ts";
import type { FindSource, FindWish, SourceProgress } from "../../contract/finding.ts";
import type { SearchListener, SearchSurroundings } from "../../engine/ports.ts";
import { doorOf } from "./adverts.ts";
import type { Door } from "./knock.ts";
import { Lookups } from "./lookups.ts";
import { type SearchMeans, systemMeans } from "./means.ts";
import { Pace } from "./pace.ts";
import { parseSubnet, type Subnet } from "./subnets.ts";
import { doorsOf, type Outcomes, sweep } from "./sweep.ts";
import { multicastFailed, nobodyAnnounced, nobodyOnline, noOwnNetwork, nothingHere, outcomeSays } from "./words.ts";
import { workersAt } from "./workers.ts";

/** A machine in the house answers in milliseconds, one that saves power a little later. A tailnet may lead around the world. */
const houseKnockMs = 400;
const tailnetKnockMs = 1_500;
const thisComputer = "127.0.0.1";
/** No house has more open doors at the usual ports. Where there are more, one machine answers for all, and each would be asked a dozen questions. */
const mostLooks = 512;

/** See `Survey.search`. `means`: other ones than this machine's own, for tests. */
export async function search(
  wish: FindWish,
  told: SearchListener,
  surroundings: SearchSurroundings,
  means: Partial<SearchMeans> = {},
): Promise<Failure | undefined> {
  const all = { ...systemMeans, ...means };
  const subnet = wish.sources.includes("subnet") ? wishedSubnet(wish, all) : undefined;
  if (subnet !== undefined && "failure" in subnet) return subnet.failure;
  const run = new Search(told, surroundings, all);
  const sources: Readonly<Record<FindSource, Source>> = {
    "this-computer": (tell) => run.thisComputer(tell),
    mdns: (tell) => run.announced(tell),
    tailscale: (tell) => run.tailnet(tell),
    workers: () => workersAt(surroundings, told),
    subnet: async (tell) => (subnet === undefined ? {} : run.network(subnet, tell)),
  };
  await Promise.all([...new Set(wish.sources)].map((source) => run.follow(source, sources[source])));
  return undefined;
}

function wishedSubnet(wish: FindWish, means: SearchMeans): Subnet | { readonly failure: Failure } {
  const cidr = wish.subnet ?? means.ownSubnets()[0]?.cidr;
  return cidr === undefined ? { failure: fail("invalid-request", noOwnNetwork, { field: "subnet" }) } : parseSubnet(cidr);
}

/** How a source ended. `failed`: it could not be asked at all. */
interface Ended {
  readonly failed?: boolean;
  readonly says?: string | undefined;
}

/** How many questions were asked, and of how many. */
type Tell = (asked: number, of?: number) => void;
type Source = (tell: Tell) => Promise<Ended>;

class Search {
  readonly #told: SearchListener;
  readonly #surroundings: SearchSurroundings;
  readonly #means: SearchMeans;
  readonly #own: ReadonlySet<string>;
  readonly #pace: Pace;
  readonly #lookups: Lookups;

  constructor(told: SearchListener, surroundings: SearchSurroundings, means: SearchMeans) {
    const { clock, signal } = surroundings;
    this.#told = told;
    this.#surroundings = surroundings;
    this.#means = means;
    this.#own = means.ownAddresses();
    this.#pace = new Pace(clock, signal, means.pace);
    this.#lookups = new Lookups(means, clock, signal, (server) => told.found(server));
  }

  /** Runs one source and tells its beginning, its course and its end. */
  async follow(source: FindSource, run: Source): Promise<void> {
    let last: SourceProgress = { source, state: "running", asked: 0 };
    this.#told.progress(last);
    const { failed = false, says } = await run((asked, of) => {
      last = { source, state: "running", asked, ...(of === undefined ? {} : { of }) };
      this.#told.progress(last);
    });
    const state = this.#surroundings.signal.aborted ? "cancelled" : failed ? "failed" : "done";
    this.#told.progress({ ...last, state, ...(says === undefined || state === "cancelled" ? {} : { says }) });
  }

  async thisComputer(tell: Tell): Promise<Ended> {
    const ports = this.#means.ports.filter((port) => !this.#surroundings.ownPorts.includes(port));
    const { open } = await this.#knockAt(doorsOf([thisComputer], ports), "this-computer", houseKnockMs, tell);
    return open === 0 ? { says: nothingHere } : {};
  }

  async network(subnet: Subnet, tell: Tell): Promise<Ended> {
    const { ports, platform } = this.#means;
    const others = subnet.addresses.filter((address) => !this.#own.has(address));
    const outcomes = await this.#knockAt(doorsOf(others, ports), "subnet", houseKnockMs, tell);
    return { says: outcomeSays(subnet, outcomes, platform) };
  }

  async tailnet(tell: Tell): Promise<Ended> {
    const tailnet = await this.#means.tailnet(this.#surroundings.signal);
    if ("says" in tailnet) return { failed: true, says: tailnet.says };
    const peers = tailnet.peers.filter(({ address }) => !this.#own.has(address));
    if (peers.length === 0) return { says: nobodyOnline };
    const names = new Map(peers.map(({ address, name }) => [address, name]));
    await this.#knockAt(doorsOf([...names.keys()], this.#means.ports), "tailscale", tailnetKnockMs, tell, names);
    return {};
  }

  async announced(tell: Tell): Promise<Ended> {
    const { clock, signal } = this.#surroundings;
    const looks: Promise<void>[] = [];
    const heard = await this.#means.browse(
      (advert) => {
        const door = doorOf(advert, this.#own);
        if (door === undefined) return;
        looks.push(this.#lookups.look(door, "mdns", advert.host));
        tell(looks.length);
      },
      clock,
      signal,
    );
    await Promise.all(looks);
    if (heard.code !== undefined) return { failed: true, says: multicastFailed(heard.code, this.#means.platform) };
    return looks.length === 0 ? { says: nobodyAnnounced } : {};
  }

  /** Ends when every open door was asked what it is. */
  async #knockAt(
    doors: readonly Door[],
    source: FindSource,
    waitMs: number,
    tell: Tell,
    names: ReadonlyMap<string, string | undefined> = new Map(),
  ): Promise<Outcomes> {
    const looks: Promise<void>[] = [];
    tell(0, doors.length);
    const outcomes = await sweep(doors, {
      pace: this.#pace,
      knock: this.#means.knock,
      waitMs,
      signal: this.#surroundings.signal,
      onOpen: (door) => {
        if (looks.length < mostLooks) looks.push(this.#lookups.look(door, source, names.get(door.address)));
      },
      onKnocked: (asked) => tell(asked, doors.length),
    });
    await Promise.all(looks);
    return outcomes;
  }
}
