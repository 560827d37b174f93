// The same three hosts where no namespaces can be had: all in this process, the cables are fault proxies, the card is a socket on loopback.
import { createSocket } from "node:dgram";
import { onTestFinished } from "vitest";
import { WakeTarget } from "../../src-core/contract/node-hours.ts";
import { magicPacket, sendWake } from "../../src-core/host/wake.ts";
import { startHome } from "../support/gateway.ts";
import { models, settings, type ThreeHosts } from "./three-hosts.ts";

const mac = "3c:52:82:0a:1b:2c";

/** Stopped when the test ends. */
export async function hostsOnLoopback(): Promise<ThreeHosts> {
  const card = createSocket("udp4");
  onTestFinished(() => void card.close());
  await new Promise<void>((resolve) => void card.bind(0, "127.0.0.1", resolve));
  const home = await startHome({
    nodes: {
      attic: { kind: "ollama", slots: 4, models: models.attic, proxied: true },
      den: {
        kind: "ollama",
        slots: 4,
        models: models.den,
        proxied: true,
        declares: { wake: WakeTarget.parse({ mac, broadcast: "127.0.0.1", port: card.address().port }) },
      },
    },
    config: settings,
    thisComputer: { wake: sendWake, networks: () => "home", zone: "UTC" },
  });
  const cut: ThreeHosts["cut"] = (node) => {
    home.proxy(node).blackhole();
    for (const direction of ["upstream", "downstream"] as const) home.proxy(node).add({ toxic: "timeout", ms: 0, direction });
  };
  const packets: string[] = [];
  card.on("message", (packet, { address }) => {
    if (!packet.equals(magicPacket(mac))) return;
    packets.push(address);
    home.proxy("den").clear();
  });
  return {
    url: home.url,
    headers: {},
    packets,
    gatewayAddress: "127.0.0.1",
    until: (node, health) => home.until(({ nodes }) => nodes[node]?.health.state === health),
    busy: (node) => home.until(({ nodes }) => Object.values(nodes[node]?.inFlight ?? {}).some((count) => (count ?? 0) > 0)),
    cut,
    heal: (node) => home.proxy(node).clear(),
    suspend: () => cut("den"),
  };
}
