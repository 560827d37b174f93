// Workers in the settings: what must be there, what must not, and where a node is reached.
import { describe, expect, it } from "vitest";
import { Config } from "../../src-core/contract/config.ts";
import { nodeAddress, workerUrl } from "../../src-core/contract/nats.ts";

const read = (node: object) => Config.safeParse({ nodes: [{ id: "beast", kind: "nats-worker", ...node }] });
const nats = "nats://host:4222";

describe("a node of the kind nats-worker", () => {
  it("needs only a server: its subject is its id's", () => {
    expect(read({ nats }).data?.nodes[0]).toMatchObject({ nats, subject: "node.beast", url: `${nats}/node.beast` });
    expect(read({ nats, subject: "rack.gpu1" }).data?.nodes[0]).toMatchObject({ subject: "rack.gpu1" });
  });

  it.each([
    ["no server", {}, "nats"],
    ["S-90: a password in the address", { nats: "nats://me:secret@host:4222" }, "nats"],
    ["another scheme", { nats: "http://host:4222" }, "nats"],
    ["S-92: a wildcard for a subject", { nats, subject: "node.*" }, "subject"],
    ["S-92: everything for a subject", { nats, subject: ">" }, "subject"],
    ["an address of its own", { nats, url: "http://host:1" }, "url"],
    ["NATS for another kind", { kind: "ollama", url: "http://host:11434", nats }, "nats"],
  ])("refuses %s, and names the field", (_, node, field) => {
    const { error } = read(node);
    expect(error?.issues[0]?.path).toEqual(["nodes", 0, field]);
    expect(error?.message).not.toContain("secret");
  });

  it("is one address for a person, and two fields in the settings", () => {
    expect(nodeAddress(workerUrl(nats, "node.beast"))).toEqual({ nats, subject: "node.beast" });
    expect(nodeAddress("http://studio.lan:11434/v1")).toEqual({ url: "http://studio.lan:11434/v1" });
  });
});
