// Three real hosts: `serve` on one, `simulate` on each of the others, each in a network namespace of its own with a cable to one switch.
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { call, send } from "../gateway/caller.ts";
import { broadcast, Network } from "./namespaces.ts";
import { models, type NodeName, settings, type ThreeHosts } from "./three-hosts.ts";

const here = import.meta.dirname;
const cli = join(here, "..", "..", "src-core", "cli.ts");

const Ready = z.object({ gateway: z.url(), control: z.url(), token: z.string() });
const Simulated = z.object({ nodes: z.tuple([z.object({ url: z.url() })]) });
const Snapshot = z.object({
  output: z.object({
    fleet: z.object({
      nodes: z.record(z.string(), z.object({ health: z.object({ state: z.string() }), inFlight: z.record(z.string(), z.number()) })),
    }),
  }),
});
type Nodes = z.infer<typeof Snapshot>["output"]["fleet"]["nodes"];

/** Everything runs and every node was heard when it resolves; nothing is left of it when the test ends, however it ends. */
export async function hostsInNamespaces(): Promise<ThreeHosts> {
  const folder = mkdtempSync(join(tmpdir(), "homeport-network-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const network = Network.build(["gateway", "attic", "den"]);
  onTestFinished(() => network.stop());
  return furnished(network, folder);
}

async function furnished(network: Network, folder: string): Promise<ThreeHosts> {
  const write = (name: string, content: object) => {
    const file = join(folder, name);
    writeFileSync(file, JSON.stringify(content));
    return file;
  };
  const simulate = async (name: NodeName) => {
    const host = network.host(name);
    const config = write(`${name}.json`, { nodes: [{ id: name, kind: "ollama", host: host.address, slots: 4, models: models[name] }] });
    const { child, first } = await host.run([cli, "simulate", "--config", config, "--json"]);
    return { child, url: Simulated.parse(JSON.parse(first)).nodes[0].url };
  };
  const [attic, den] = await Promise.all([simulate("attic"), simulate("den")]);
  const { mac } = network.host("den");
  const packets = await cardOf(network, mac, den.child);
  const config = write("homeport.json", {
    ...settings,
    nodes: [
      { id: "attic", kind: "ollama", url: attic.url, slots: 4 },
      { id: "den", kind: "ollama", url: den.url, slots: 4, wake: { mac, broadcast } },
    ],
  });
  const gateway = network.host("gateway");
  const serve = [cli, "serve", "--config", config, "--data", join(folder, "data"), "--port", "0", "--control-port", "0", "--json"];
  const ready = Ready.parse(JSON.parse((await gateway.run(serve)).first));
  const sockets = [join(folder, "gateway.sock"), join(folder, "control.sock")] as const;
  const ports = [new URL(ready.gateway).port, new URL(ready.control).port] as const;
  await gateway.run([join(here, "door.ts"), sockets[0], ports[0], sockets[1], ports[1]]);
  const url = await doorTo(sockets[0]);
  const control = { host: new URL(ready.control).host, authorization: `Bearer ${ready.token}` };
  const look = lookingAt(await doorTo(sockets[1]), control);
  await look((nodes) => nodes["attic"]?.health.state === "up" && nodes["den"]?.health.state === "up");
  return {
    url,
    headers: { host: new URL(ready.gateway).host },
    packets,
    gatewayAddress: gateway.address,
    until: (node, health) => look((nodes) => nodes[node]?.health.state === health),
    busy: (node) => look((nodes) => Object.values(nodes[node]?.inFlight ?? {}).some((count) => count > 0)),
    cut: (node) => network.host(node).cut(),
    heal: (node) => network.host(node).heal(),
    suspend: () => void den.child.kill("SIGSTOP"),
  };
}

/** The den's card hears while the den's system is suspended, and wakes it. */
async function cardOf(network: Network, mac: string, sleeper: ChildProcess): Promise<readonly string[]> {
  const packets: string[] = [];
  await network.host("den").run([join(here, "network-card.ts"), mac], (line) => {
    const [what, from = ""] = line.split(" ");
    if (what !== "magic") return;
    packets.push(from);
    sleeper.kill("SIGCONT");
  });
  return packets;
}

/** A port of this machine's loopback that leads through a socket file. */
async function doorTo(file: string): Promise<string> {
  const server = createServer((client) => {
    const inside = connect(file);
    client.pipe(inside).pipe(client);
    client.on("error", () => inside.destroy());
    inside.on("error", () => client.destroy());
    client.once("close", () => inside.destroy());
    inside.once("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}

/** Asks for the snapshot, again whenever the control side pushes something, until it is so. */
function lookingAt(control: string, headers: Readonly<Record<string, string>>): (met: (nodes: Nodes) => boolean) => Promise<void> {
  return async (met) => {
    const pushes = send(control, "/control/events", undefined, headers);
    for (;;) {
      const seen = pushes.text.length;
      const { json } = await call(control, "/control/call", { method: "snapshot", input: {} }, headers);
      if (met(Snapshot.parse(json).output.fleet.nodes)) break;
      await pushes.until(({ text }) => text.length > seen);
    }
    pushes.leave();
  };
}
