// NATS and Redis as the doctor greets them: a real socket that says what such a server says, or what another one does.
import { once } from "node:events";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { Config } from "../../src-core/contract/config.ts";
import { examineServers } from "../../src-core/doctor/servers.ts";

/** A server that says `hello` at once, or as its answer to the first word. */
async function server(hello: string, first: "server" | "client"): Promise<number> {
  const listening = createServer((socket) => {
    socket.on("error", () => undefined);
    if (first === "server") socket.write(hello);
    else socket.once("data", () => socket.write(hello));
  });
  listening.listen(0, "127.0.0.1");
  await once(listening, "listening");
  onTestFinished(() => void listening.close());
  const address = listening.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

const secrets = { resolve: (ref: object) => ("env" in ref && ref.env === "REDIS" ? "redis://user:hunter2@127.0.0.1:1" : undefined) };
const looked = async (document: object) =>
  (await examineServers(Config.parse(document), secrets)).filter(({ level }) => level !== "skipped");
const info = (more: object) => `INFO ${JSON.stringify({ version: "2.12.9", max_payload: 1, ...more })} \r\n`;

test.each([
  ["one that is well", info({}), "ok", "2.12.9"],
  ["S-91: one with known holes", info({ version: "2.10.1" }), "warning", "2.10.1"],
  ["one that asks who we are", info({ auth_required: true }), "error", "credentials"],
  ["one that wants TLS", info({ tls_required: true }), "error", "TLS"],
  ["another program", "220 smtp ready\r\n", "error", "no NATS server"],
] as const)("issue 6, doctor: NATS, %s", async (_, hello, level, words) => {
  const port = await server(hello, "server");
  expect(await looked({ nats: { url: `nats://127.0.0.1:${port}` } })).toMatchObject([{ level, says: expect.stringContaining(words) }]);
});

test.each([
  ["one that is well", "+PONG\r\n", "ok"],
  ["one that wants a password first", "-NOAUTH Authentication required.\r\n", "ok"],
  ["another program", "HTTP/1.1 400 Bad Request\r\n", "warning"],
] as const)("issue 6, doctor: Redis, %s", async (_, hello, level) => {
  const port = await server(hello, "client");
  expect(await looked({ metrics: { redis: `redis://127.0.0.1:${port}` } })).toMatchObject([{ id: "redis", level }]);
});

test("S-80: servers that are away are told, with the address and never with its password", async () => {
  const findings = await looked({ nats: { url: "nats://127.0.0.1:1" }, metrics: { redis: { env: "REDIS" } } });
  expect(findings.map(({ id, level }) => [id.slice(0, 5), level])).toEqual([
    ["nats:", "error"],
    ["redis", "warning"],
  ]);
  expect(JSON.stringify(findings)).not.toContain("hunter2");
});
