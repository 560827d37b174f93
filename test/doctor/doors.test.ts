// Who can come in, from settings and address; and doors that answer strangers, which ours never do.
import { once } from "node:events";
import { createServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { Config } from "../../src-core/contract/config.ts";
import { bindFindings, examineDoors } from "../../src-core/doctor/doors.ts";

const key = { env: "HOMEPORT_KEY" };
const survey = {
  fingerprint: (url: string) => Promise.resolve({ url, label: "Something else" }),
  discover: () => Promise.resolve([]),
  search: () => Promise.resolve(undefined),
  ownSubnets: () => [],
  placeOf: () => "lan" as const,
};

test("S-01: a wide gateway is told as such, with the way back; also where only this run's command line made it wide", () => {
  const wide = Config.parse({ gateway: { host: "0.0.0.0", key } });
  expect(bindFindings(wide, "0.0.0.0")).toMatchObject([{ id: "bind", level: "note", fix: { change: { what: "loopback" } } }]);
  expect(bindFindings(Config.parse({ gateway: { key } }), "192.168.1.2")).toMatchObject([{ level: "note" }]);
  expect(bindFindings(Config.parse({}), "127.0.0.1")).toMatchObject([{ level: "ok" }]);
});

test("a wide gateway that lets clients delete models is a warning, with the change that ends it", () => {
  const config = Config.parse({ gateway: { host: "0.0.0.0", key, allowOllamaRoutes: ["delete"] } });
  expect(bindFindings(config, "0.0.0.0")[1]).toMatchObject({ level: "warning", fix: { change: { what: "close-ollama-routes" } } });
});

test("S-02, S-04: a door that answers a foreign Host or Origin is an error that says which", async () => {
  const open = createServer((_, response) => response.end("[]"));
  open.listen(0, "127.0.0.1");
  await once(open, "listening");
  onTestFinished(() => void open.close());
  const address = open.address();
  const bound = typeof address === "object" && address !== null ? address.port : 0;
  const door = { host: "127.0.0.1", port: 4663, bound };
  const signal = new AbortController().signal;
  const findings = await examineDoors({
    config: Config.parse({}),
    survey,
    doors: { gateway: door, control: door },
    control: false,
    signal,
  });
  const of = (id: string) => findings.find((finding) => finding.id === id);
  expect(of("gateway-strangers")).toMatchObject({ level: "error", says: expect.stringContaining("foreign Origin (status 200)") });
  expect(of("gateway-port")).toMatchObject({ level: "warning", fix: { change: { what: "port", door: "gateway", port: bound } } });
  expect(of("gateway-outside")?.level).not.toBe("error");
});
