// macOS closes the local network to an app until a person allows it, and the error looks like a machine that is switched off.
import { expect, test } from "vitest";
import { isOnLocalNetwork } from "../../src-core/nodes/node-url.ts";
import { transportFailure } from "../../src-core/nodes/transport-failure.ts";

const noRoute = Object.assign(new Error("connect EHOSTUNREACH"), { code: "EHOSTUNREACH" });
const told = (address: string, platform: NodeJS.Platform, error: Error = noRoute) =>
  transportFailure(error, { node: "studio", address }, false, platform).message;

test.each([
  ["192.168.1.7:11434", true],
  ["10.0.0.3:8080", true],
  ["[fd12:3456::7]:8080", true],
  ["studio.local:11434", true],
  ["studio:11434", true],
  ["127.0.0.1:11434", false],
  ["localhost:11434", false],
  ["[::1]:11434", false],
  ["100.101.102.103:11434", false],
  ["[fd7a:115c:a1e0::5]:11434", false],
  ["studio.tail1234.ts.net:11434", false],
  ["api.example.com:443", false],
])("UX-20, P-08: %s is behind the house's own network: %s", (address, expected) => {
  expect(isOnLocalNetwork(address)).toBe(expected);
});

test("UX-20, P-08: on a Mac no way to a private address is told with the switch to turn, before the node is blamed", () => {
  const says = told("192.168.1.7:11434", "darwin");
  expect(says).toContain("Privacy & Security, Local Network");
  expect(says.indexOf("Local Network")).toBeLessThan(says.indexOf("is studio switched on"));
});

test.each([
  ["127.0.0.1:11434", "darwin"],
  ["100.101.102.103:11434", "darwin"],
  ["192.168.1.7:11434", "linux"],
  ["192.168.1.7:11434", "win32"],
] as const)("P-08: %s on %s has nothing to do with that switch, and is not told of it", (address, platform) => {
  expect(told(address, platform)).not.toContain("Local Network");
});

test("P-08: a refused connection came through: no switch is in the way", () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  expect(told("192.168.1.7:11434", "darwin", refused)).toMatch(/^Nothing is listening/);
});
