// Which networks may be searched. A search of the internet, or of a range nobody asked for, starts here or nowhere.
import type { NetworkInterfaceInfo } from "node:os";
import { describe, expect, test } from "vitest";
import { ownAddresses, parseSubnet, privateSubnets } from "../../../src-core/nodes/finding/subnets.ts";

test.each([
  ["192.168.1.0/24", "192.168.1.0/24", 254, "192.168.1.1", "192.168.1.254"],
  ["192.168.1.77", "192.168.1.0/24", 254, "192.168.1.1", "192.168.1.254"],
  [" 10.1.2.3/22 ", "10.1.0.0/22", 1022, "10.1.0.1", "10.1.3.254"],
  ["172.16.5.4/30", "172.16.5.4/30", 2, "172.16.5.5", "172.16.5.6"],
  ["10.0.0.7/32", "10.0.0.7/32", 1, "10.0.0.7", "10.0.0.7"],
  ["10.0.0.6/31", "10.0.0.6/31", 2, "10.0.0.6", "10.0.0.7"],
  ["127.0.0.0/29", "127.0.0.0/29", 6, "127.0.0.1", "127.0.0.6"],
])("%s is searched from the first machine to the last", (text, cidr, count, first, last) => {
  const subnet = parseSubnet(text);
  if ("failure" in subnet) throw new Error(subnet.failure.message);
  expect([subnet.cidr, subnet.addresses.length, subnet.addresses[0], subnet.addresses.at(-1)]).toEqual([cidr, count, first, last]);
});

test.each([
  ["10.0.0.0/21", "too large"],
  ["0.0.0.0/0", "too large"],
  ["8.8.8.0/24", "not a private network"],
  ["172.32.0.0/24", "not a private network"],
  ["169.254.1.0/24", "link-local"],
  ["224.0.0.0/24", "multicast"],
  ["192.168.1.0/33", "is not a network"],
  ["192.168.1.0/-1", "is not a network"],
  ["192.168.01.0/24", "is not a network"],
  ["192.168.1/24", "is not a network"],
  ["studio.lan", "is not a network"],
  ["fe80::1/64", "is not a network"],
  ["", "is not a network"],
])("S-41: %j is refused in words", (text, words) => {
  expect(parseSubnet(text)).toMatchObject({
    failure: { kind: "invalid-request", field: "subnet", message: expect.stringContaining(words) },
  });
});

test("S-41: a cloud's metadata address inside a tailnet range is left out of it", () => {
  const subnet = parseSubnet("100.100.100.0/24");
  expect("addresses" in subnet && [subnet.addresses.length, subnet.addresses.includes("100.100.100.200")]).toEqual([253, false]);
});

describe("what is offered", () => {
  const on = (address: string, bits: number, internal = false): NetworkInterfaceInfo => ({
    address,
    cidr: `${address}/${bits}`,
    family: "IPv4",
    internal,
    mac: "02:00:00:00:00:01",
    netmask: "255.255.255.0",
  });

  test("the own /24 of each private interface, those of containers last; never the internet, loopback, link-local or a tailnet", () => {
    const interfaces = {
      docker0: [on("172.17.0.1", 16)],
      lo: [on("127.0.0.1", 8, true)],
      en0: [on("192.168.1.23", 22)],
      en1: [on("192.168.1.99", 24), on("10.0.0.130", 26)],
      wan: [on("203.0.113.9", 24), on("169.254.3.3", 16)],
      tailscale0: [on("100.80.1.2", 32)],
    };
    expect(privateSubnets(interfaces)).toEqual([
      { cidr: "192.168.1.0/24", interface: "en0", addresses: 254 },
      { cidr: "10.0.0.128/26", interface: "en1", addresses: 62 },
      { cidr: "172.17.0.0/24", interface: "docker0", addresses: 254 },
    ]);
    expect(ownAddresses(interfaces).has("10.0.0.130")).toBe(true);
  });
});
