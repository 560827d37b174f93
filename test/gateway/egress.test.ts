// Nothing leaves this machine but what goes to the nodes: every connection, name asked for and datagram of a gateway's ten minutes is recorded.
import dgram from "node:dgram";
import dns from "node:dns";
import { isIP, Socket } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { FakeClock } from "../support/fake-clock.ts";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { call, chat } from "./caller.ts";

const Target = z.union([
  z.tuple([z.object({ host: z.string().optional(), port: z.coerce.number() })]).rest(z.unknown()),
  z.tuple([z.array(z.unknown())]).rest(z.unknown()),
]);

/** What this process connects to from now on, as "host:port". */
function recordEgress() {
  const connected = new Set<string>();
  const asked: unknown[] = [];
  const sent: unknown[] = [];
  const { connect } = Socket.prototype;
  vi.spyOn(Socket.prototype, "connect").mockImplementation(function (this: Socket, ...args: unknown[]) {
    // Node calls it with its arguments already in an array, or as they were given.
    const target = Target.safeParse(Array.isArray(args[0]) ? args[0] : args);
    const options = target.success ? target.data[0] : undefined;
    connected.add(options !== undefined && "port" in options ? `${options.host ?? "localhost"}:${options.port}` : JSON.stringify(args[0]));
    return Reflect.apply(connect, this, args);
  });
  const lookup = dns.lookup;
  vi.spyOn(dns, "lookup").mockImplementation((...args: unknown[]) => {
    // Doors "look up" the addresses they stand at.
    if (isIP(String(args[0])) === 0) asked.push(args[0]);
    return Reflect.apply(lookup, dns, args);
  });
  vi.spyOn(dgram.Socket.prototype, "send").mockImplementation((...args: unknown[]) => void sent.push(args));
  onTestFinished(() => void vi.restoreAllMocks());
  return { connected, asked, sent };
}

/** Shorter than a probe's time. */
const stepSeconds = 4;
const node: HomeNode = {
  kind: "ollama",
  models: [
    { name: "m", warm: true, replyTokens: 2 },
    { name: "cold", loadMs: 1 },
  ],
};

test("S-83: in ten minutes of probes, answers, failures, loads and a sleep nothing is contacted but the nodes", async () => {
  const { connected, asked, sent } = recordEgress();
  const clock = new FakeClock();
  const home = await startHome({ nodes: { attic: node, den: { ...node, kind: "llama-server-router" } }, clock });
  const doors = new Set(
    [home.url, home.homeport.controlUrl ?? home.url, home.at("attic").url, home.at("den").url].map((url) => new URL(url).host),
  );
  for (let minute = 0; minute < 10; minute++) {
    expect((await call(home.url, "/v1/chat/completions", chat("m"))).status).toBe(200);
    expect((await call(home.url, "/v1/chat/completions", chat("nobody"))).status).toBe(404);
    if (minute === 3) expect((await call(home.url, "/v1/chat/completions", chat("cold"))).status).toBe(200);
    if (minute === 5) home.homeport.engine.caretaker.told("sleep");
    for (let second = 0; second < 60; second += stepSeconds) {
      clock.advance(stepSeconds * 1000);
      // Joins what the clock has begun: a probe has real sockets, and must end before its time is over.
      await Promise.all((["attic", "den"] as const).map((id) => home.homeport.engine.poller.probe(home.node(id).id)));
    }
  }
  expect([...connected].filter((address) => !doors.has(address))).toEqual([]);
  expect(connected.size).toBeGreaterThanOrEqual(2);
  expect([asked, sent]).toEqual([[], []]);
  // The record would have shown it.
  await expect(fetch("http://nobody.invalid:4321/")).rejects.toThrow();
  expect([[...connected].includes("nobody.invalid:4321"), asked]).toEqual([true, ["nobody.invalid"]]);
});
