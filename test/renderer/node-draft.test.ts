// A node's settings as text, and what of it is sent: only what changed, judged by the engine's own schema.
import { describe, expect, it } from "vitest";
import { changeOf, draftOf, type EditDraft } from "../../renderer/node-draft.ts";
import { groupIn } from "../../renderer/settings/groups.ts";
import { NodeConfig } from "../../src-core/contract/config.ts";

const config = NodeConfig.parse({
  id: "studio",
  kind: "ollama",
  url: "https://studio.lan:11434",
  name: "Studio",
  slots: 2,
  key: { env: "STUDIO_KEY" },
  tls: { fingerprint: Array.from({ length: 32 }, () => "AB").join(":") },
  devices: [{ name: "3090", memoryBytes: 24e9 }, { memoryBytes: 11.811e9 }],
  wake: { mac: "3c:52:82:0a:1b:2c", broadcast: "192.168.1.255" },
  quietHours: [{ from: "22:00", to: "07:00", days: ["mon", "tue"] }],
  warmAt: [{ model: "qwen3:8b", at: "08:45" }],
});
const edited = (change: Partial<EditDraft>) => changeOf({ ...draftOf(config), ...change }, config);

describe("what a dialog sends", () => {
  it("nothing where nothing was changed: opening and saving keeps names of devices, days and ports", () => {
    expect(edited({})).toEqual({ change: {}, errors: {} });
  });

  it("only the field that was changed", () => {
    expect(edited({ drained: true }).change).toEqual({ drained: true });
    expect(edited({ slots: "" }).change).toEqual({ slots: null });
    expect(edited({ watts: "180,5" }).change).toEqual({ watts: 180.5 });
    expect(edited({ wake: { mac: "", broadcast: "", port: "", unicast: "" } }).change).toEqual({ wake: null });
  });

  it("S-45: a new address takes the key along only because a person sees both", () => {
    expect(edited({ url: "https://attic.lan:11434" }).change).toEqual({ url: "https://attic.lan:11434", key: { env: "STUDIO_KEY" } });
    expect(edited({ url: "https://attic.lan:11434", keyName: "" }).change).toMatchObject({ key: null });
  });

  it("all seven days are every day, and are not written out", () => {
    const [hours] = draftOf(config).quietHours;
    const days = ["sun", "sat", "fri", "thu", "wed", "tue", "mon"] as const;
    expect(edited({ quietHours: [{ from: "22:00", to: "07:00", days: [...days] }] }).change.quietHours).toEqual([
      { from: "22:00", to: "07:00" },
    ]);
    expect(hours?.days).toEqual(["mon", "tue"]);
  });

  it("a fingerprint may be pasted as openssl shows it", () => {
    const shown = `sha256 Fingerprint=${Array.from({ length: 32 }, () => "cd").join(":")}`;
    expect(edited({ fingerprint: shown })).toMatchObject({ errors: {}, change: { tls: { fingerprint: expect.stringMatching(/^CD:/) } } });
  });
});

describe("what is wrong is told at its field, as one types", () => {
  const cases: readonly (readonly [string, Partial<EditDraft>, string, RegExp])[] = [
    ["an address without a host", { url: "https://studio lan" }, "url", /^Expected an http/],
    ["a broken hardware address", { wake: { mac: "3c:52", broadcast: "", port: "", unicast: "" } }, "wake.mac", /six pairs/],
    [
      "a broadcast without a hardware address",
      { wake: { mac: "", broadcast: "10.0.0.255", port: "", unicast: "" } },
      "wake.mac",
      /six pairs/,
    ],
    [
      "a port beyond all ports",
      { wake: { mac: "3c:52:82:0a:1b:2c", broadcast: "", port: "70000", unicast: "" } },
      "wake.port",
      /^At most 65,535/,
    ],
    ["no watts at all", { watts: "0" }, "watts", /above 0|than 0|positive/i],
    ["no slots at all", { slots: "0" }, "slots", /^At least 1/],
    ["half a slot", { slots: "1.5" }, "slots", /whole number/],
    ["memory that is no figure", { devices: [{ name: "", gigabytes: "lots" }] }, "devices.0.memoryBytes", /^Expected/],
    ["memory left empty", { devices: [{ name: "", gigabytes: "" }] }, "devices.0.memoryBytes", /^Expected/],
    ["hours without days", { quietHours: [{ from: "22:00", to: "07:00", days: [] }] }, "quietHours.0.days", /^Choose at least one/],
    ["hours without an end", { quietHours: [{ from: "22:00", to: "", days: ["mon"] }] }, "quietHours.0.to", /time of day/],
    ["a warm model without a name", { warmAt: [{ model: "", at: "08:45", days: ["mon"] }] }, "warmAt.0.model", /./],
    ["a certificate cut short", { fingerprint: "AB:CD" }, "tls.fingerprint", /32 pairs/],
    ["a certificate without https", { url: "http://studio.lan:11434" }, "tls", /https:/],
  ];
  for (const [name, change, field, says] of cases) {
    it(name, () => {
      expect(Object.keys(edited(change).errors)).toEqual([field]);
      expect(edited(change).errors[field]).toMatch(says);
    });
  }
});

it("each group of the settings has an address, and an unknown one leads to the first", () => {
  expect(groupIn("#/settings/keys")).toBe("keys");
  expect(groupIn("#/settings")).toBe("general");
  expect(groupIn("#/settings/nonsense")).toBe("general");
});
