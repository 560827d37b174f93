// A whole search over real sockets: simulated servers on several addresses of 127/8, which is a network of its own on Linux.
import { connect, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { FindSource, FoundServer, SourceProgress } from "../../../src-core/contract/finding.ts";
import { systemClock } from "../../../src-core/host/clock.ts";
import type { Advert } from "../../../src-core/nodes/finding/adverts.ts";
import { knock } from "../../../src-core/nodes/finding/knock.ts";
import type { SearchMeans } from "../../../src-core/nodes/finding/means.ts";
import { search } from "../../../src-core/nodes/finding/search.ts";
import { startSimulatedNode } from "../../../src-core/simulator/node.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Kind = Parameters<typeof startSimulatedNode>[0]["kind"];

/** A server on an address of its own: simulated nodes listen on 127.0.0.1, so a relay stands on the other one. */
async function serving(kind: Kind, host: string) {
  const node = await startSimulatedNode({ kind, models: [{ name: "m", warm: kind === "llama-server" }] });
  closing.push(() => node.stop());
  const inside = Number(new URL(node.url).port);
  if (host === "127.0.0.1") return { node, port: inside };
  const port = await listening(host, (socket) => {
    const through = connect(inside, "127.0.0.1");
    through.on("error", () => socket.destroy());
    socket.pipe(through).pipe(socket);
  });
  return { node, port };
}

async function listening(host: string, onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => socket.destroy()));
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

interface Wish {
  readonly sources: readonly FindSource[];
  readonly subnet?: string;
  readonly ownPorts?: readonly number[];
  readonly signal?: AbortSignal;
  readonly onFound?: () => void;
}

/** Means of a machine without names or announcements, so that no test asks the network it runs in. */
const quiet: Partial<SearchMeans> = {
  hostName: async () => undefined,
  ownAddresses: () => new Set(["127.0.0.1"]),
  ownSubnets: () => [],
  browse: async () => ({}),
  tailnet: async () => ({ peers: [] }),
  platform: "linux",
};

async function searched({ sources, subnet, ownPorts = [], signal, onFound }: Wish, means: Partial<SearchMeans>) {
  const found = new Map<string, FoundServer>();
  const progress: SourceProgress[] = [];
  const told = {
    found: (server: FoundServer) => {
      found.set(server.url, server);
      onFound?.();
    },
    progress: (one: SourceProgress) => progress.push(one),
  };
  const surroundings = { clock: systemClock, ownPorts, signal: signal ?? new AbortController().signal };
  const failure = await search({ sources: [...sources], subnet }, told, surroundings, { ...quiet, ...means });
  return { failure, found: [...found.values()], progress, last: progress.at(-1) };
}

describe.skipIf(process.platform !== "linux")("a network", () => {
  test("demands 18: servers in it are found by their fingerprints, nothing is loaded, and no key is sent (S-44)", async () => {
    const ollama = await serving("ollama", "127.0.0.3");
    const llama = await serving("llama-server", "127.0.0.6");
    const { found, progress, last } = await searched({ sources: ["subnet"], subnet: "127.0.0.0/28" }, { ports: [ollama.port, llama.port] });
    expect(
      found.map(({ url, kind, models, sources }) => ({ url, kind, models, sources })).sort((a, b) => a.url.localeCompare(b.url)),
    ).toEqual([
      { url: `http://127.0.0.3:${ollama.port}`, kind: "ollama", models: 1, sources: ["subnet"] },
      { url: `http://127.0.0.6:${llama.port}`, kind: "llama-server", models: 1, sources: ["subnet"] },
    ]);
    for (const { node } of [ollama, llama]) {
      expect(node.record.loads).toEqual({});
      expect(node.record.requests.filter(({ method }) => method !== "GET")).toEqual([]);
      expect(node.record.requests.some(({ headers }) => "authorization" in headers || "x-api-key" in headers)).toBe(false);
    }
    // 13 other machines at two ports.
    expect(last).toEqual({ source: "subnet", state: "done", asked: 26, of: 26 });
    const asked = progress.map((one) => one.asked);
    expect(asked).toEqual([...asked].sort((a, b) => a - b));
  });

  test("this machine's own addresses are not part of its network: they are searched as this computer", async () => {
    const here = await serving("ollama", "127.0.0.3");
    const { found } = await searched(
      { sources: ["subnet"], subnet: "127.0.0.0/29" },
      { ports: [here.port], ownAddresses: () => new Set(["127.0.0.3"]) },
    );
    expect(found).toEqual([]);
  });

  test("a server to which two sources lead is asked once, shown once, and called by the name that was told", async () => {
    const ollama = await serving("ollama", "127.0.0.3");
    const { found } = await searched(
      { sources: ["subnet", "tailscale"], subnet: "127.0.0.0/29" },
      { ports: [ollama.port], tailnet: async () => ({ peers: [{ address: "127.0.0.3", name: "studio" }] }) },
    );
    expect(found).toMatchObject([{ kind: "ollama", host: "studio" }]);
    expect([...(found[0]?.sources ?? [])].sort()).toEqual(["subnet", "tailscale"]);
    expect(ollama.node.record.requests.filter(({ path }) => path === "/api/tags")).toHaveLength(1);
  });

  test("cancelled, it ends at once, says so, and keeps what was found", async () => {
    const ollama = await serving("ollama", "127.0.0.3");
    const stopped = new AbortController();
    const { found, last } = await searched(
      { sources: ["subnet"], subnet: "127.0.0.0/29", signal: stopped.signal, onFound: () => stopped.abort() },
      { ports: [ollama.port, ...Array.from({ length: 2_000 }, (_, index) => 20_000 + index)] },
    );
    expect(found).toHaveLength(1);
    expect(last).toMatchObject({ state: "cancelled" });
    expect(last?.asked).toBeLessThan(last?.of ?? 0);
  });

  test.each([
    ["8.8.8.0/24", "not a private network"],
    ["10.0.0.0/16", "too large"],
    [undefined, "in no private network"],
  ])("%s is refused before anything is asked", async (subnet, words) => {
    const { failure, progress } = await searched({ sources: ["subnet"], ...(subnet === undefined ? {} : { subnet }) }, {});
    expect([failure?.message, progress]).toEqual([expect.stringContaining(words), []]);
  });
});

describe("this computer", () => {
  test("is searched on loopback, without our own ports", async () => {
    const ollama = await serving("ollama", "127.0.0.1");
    const own = await serving("homeport", "127.0.0.1");
    const { found, last } = await searched({ sources: ["this-computer"], ownPorts: [own.port] }, { ports: [ollama.port, own.port] });
    expect(found).toMatchObject([{ url: `http://127.0.0.1:${ollama.port}`, kind: "ollama", sources: ["this-computer"] }]);
    expect([own.node.record.requests, last?.of]).toEqual([[], 1]);
  });

  test("a port that is open and no model server is not shown", async () => {
    const port = await listening("127.0.0.1", (socket) => socket.end("220 mail\r\n"));
    expect((await searched({ sources: ["this-computer"] }, { ports: [port] })).found).toEqual([]);
  });
});

describe("announcements", () => {
  const announcing = (...adverts: readonly Partial<Advert>[]): Partial<SearchMeans> => ({
    browse: async (onAdvert) => {
      for (const more of adverts) {
        onAdvert({ type: "ollama", name: "x", host: "studio.local", port: 1, addresses: [], peer: undefined, ...more });
      }
      return {};
    },
  });

  test("S-44: a spoofed advert gets a few questions without a key and stays a proposal; S-43: one for our loopback gets none", async () => {
    const ollama = await serving("ollama", "127.0.0.1");
    const { found, last } = await searched(
      { sources: ["mdns"] },
      announcing({ port: ollama.port, addresses: ["127.0.0.1"], peer: "127.0.0.1" }),
    );
    expect([found, ollama.node.record.requests]).toEqual([[], []]);
    expect(last?.says).toContain("Ollama among them");
  });

  test("a found server carries the name of its machine, and only what a name can hold", async () => {
    const asked: string[] = [];
    const { found } = await searched(
      { sources: ["mdns"] },
      {
        ...announcing({ host: "stu<b>dio.local", port: 11434, addresses: ["192.168.77.7"], peer: "192.168.77.7" }),
        fingerprint: async (url) => {
          asked.push(url);
          return { url, kind: "ollama", label: "Ollama", models: 3 };
        },
      },
    );
    expect(found).toEqual([
      { url: "http://192.168.77.7:11434", kind: "ollama", label: "Ollama", models: 3, sources: ["mdns"], host: "stubdio" },
    ]);
    expect(asked).toEqual(["http://192.168.77.7:11434"]);
  });

  test("where multicast cannot be had the source fails in words, and the others go on", async () => {
    const ollama = await serving("ollama", "127.0.0.1");
    const { found, progress } = await searched(
      { sources: ["mdns", "this-computer"] },
      { browse: async () => ({ code: "EADDRINUSE" }), ports: [ollama.port] },
    );
    expect(found).toHaveLength(1);
    expect(progress.find(({ state }) => state === "failed")).toMatchObject({ source: "mdns", says: expect.stringContaining("5353") });
  });
});

describe("nothing found is explained", () => {
  const network = { sources: ["subnet"], subnet: "192.168.77.0/28" } as const;
  const answering = (knocked: Awaited<ReturnType<typeof knock>>, platform: NodeJS.Platform): Partial<SearchMeans> => ({
    knock: async () => knocked,
    ports: [11434, 8080],
    platform,
  });

  test("demands 18, 3.18: on a Mac that has closed its local network, the person is told which switch to turn", async () => {
    const { last } = await searched(network, answering("unreachable", "darwin"));
    expect(last).toMatchObject({ state: "done", says: expect.stringContaining("System Settings, Privacy & Security, Local Network") });
  });

  test("elsewhere, no way to the network is a question of the right network", async () => {
    const says = (await searched(network, answering("unreachable", "linux"))).last?.says;
    expect(says).toContain("no way to 192.168.77.0/28");
    expect(says).not.toContain("macOS");
  });

  test("silence is not called a permission problem", async () => {
    expect((await searched(network, answering("silent", "darwin"))).last?.says).toContain("Nothing at all answered");
  });

  test("where a VPN or proxy accepts every connection, not every door is asked a dozen questions, and the person is told", async () => {
    let asked = 0;
    const fingerprint = async (url: string) => {
      asked += 1;
      return { url, label: "Something else" };
    };
    const many = Array.from({ length: 100 }, (_, index) => 8_000 + index);
    const fast = { perSecond: 100_000, inFlight: 10_000 };
    const { last } = await searched(network, { ...answering("open", "linux"), ports: many, pace: fast, fingerprint });
    expect([last?.of, asked]).toEqual([1_400, 512]);
    expect(last?.says).toContain("A VPN, firewall or proxy answers");
  });

  test("where machines are there but no model server, nothing is guessed", async () => {
    expect((await searched(network, answering("refused", "darwin"))).last?.says).toBeUndefined();
  });

  test("a tailnet that cannot be listed says why", async () => {
    const { last } = await searched({ sources: ["tailscale"] }, { tailnet: async () => ({ says: "Not here." }) });
    expect(last).toEqual({ source: "tailscale", state: "failed", asked: 0, says: "Not here." });
  });
});

test("a door that refuses, and one to which the system knows no way, are told apart", async () => {
  const never = new AbortController().signal;
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  expect(await knock({ address: "127.0.0.1", port }, 1_000, never)).toBe("open");
  await new Promise((resolve) => server.close(resolve));
  expect(await knock({ address: "127.0.0.1", port }, 1_000, never)).toBe("refused");
});
