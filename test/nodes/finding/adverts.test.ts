// What an announcement may make us do: look at a machine of the house, and nothing else.
import { describe, expect, test } from "vitest";
import { type Advert, doorOf, isPromising } from "../../../src-core/nodes/finding/adverts.ts";

const own = new Set(["192.168.1.5", "127.0.0.1", "::1", "fd00::5"]);
const advert = (more: Partial<Advert>): Advert => ({
  type: "ollama",
  name: "studio",
  host: "studio.local",
  port: 11434,
  addresses: ["192.168.1.7"],
  peer: "192.168.1.7",
  ...more,
});

test.each<[string, Partial<Advert>, string | undefined]>([
  ["the address it names and came from", {}, "192.168.1.7"],
  ["of several the one it came from", { addresses: ["10.8.0.2", "192.168.1.7"] }, "192.168.1.7"],
  ["an address of the house told by a repeater", { peer: "192.168.1.1", addresses: ["192.168.2.9"] }, "192.168.2.9"],
  ["IPv4 before IPv6", { peer: undefined, addresses: ["fd00::7", "192.168.1.7"] }, "192.168.1.7"],
  ["a unique local IPv6 address", { peer: undefined, addresses: ["fe80::7", "fd00::7"] }, "fd00::7"],
  ["where it came from if it names nothing", { addresses: [] }, "192.168.1.7"],
])("looked at is %s", (_what, more, address) => {
  expect(doorOf(advert(more), own)).toEqual({ address, port: 11434 });
});

test.each([["127.0.0.1"], ["127.0.0.53"], ["0.0.0.0"], ["::1"], ["192.168.1.5"]])(
  "S-43: an advert for %s means the machine that sent it, never this one",
  (address) => {
    expect(doorOf(advert({ addresses: [address] }), own)?.address).toBe("192.168.1.7");
    expect(doorOf(advert({ addresses: [address], peer: "192.168.1.5" }), own)).toBeUndefined();
  },
);

test.each([
  ["169.254.169.254"],
  ["fe80::1"],
  ["224.0.0.251"],
  ["100.100.100.200"],
  ["8.8.8.8"],
  ["2001:4860:4860::8888"],
  ["evil.example"],
])("S-41: an advert for %s leads nowhere", (address) => {
  expect(doorOf(advert({ addresses: [address], peer: undefined }), own)).toBeUndefined();
  expect(doorOf(advert({ addresses: [address], peer: address }), own)).toBeUndefined();
});

test.each([[0], [-1], [65_536], [1.5], [Number.NaN]])("port %d is none", (port) => {
  expect(doorOf(advert({ port }), own)).toBeUndefined();
});

describe("which adverts are worth a look", () => {
  test.each([
    ["ollama", "anything", true],
    ["homeport", "Homeport on studio", true],
    ["lmstudio", "x", true],
    ["http", "LM Studio on mac", true],
    ["http", "llama-server (GPU box)", true],
    ["http", "HP LaserJet", false],
    ["http", "Philips hue", false],
    ["ipp", "ollama", false],
  ])("_%s._tcp called %j: %s", (type, name, expected) => {
    expect(isPromising(advert({ type, name }))).toBe(expected);
  });
});
