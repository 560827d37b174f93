// What is in force and who said so, and what another document would change.
import { describe, expect, it } from "vitest";
import { Config, type ConfigDocument } from "../../src-core/contract/config.ts";
import { secretUses } from "../../src-core/domain/secret-uses.ts";
import { changesBetween, linesInForce } from "../../src-core/domain/settings-lines.ts";

const house = {
  gateway: { port: 4700 },
  nodes: [{ id: "studio", kind: "ollama", url: "http://studio.lan:11434", slots: 2 }],
  budgets: [{ id: "all", usd: 5, per: "month" }],
};
const read = (document: unknown) => Config.parse(document);
const from = (document: Readonly<Record<string, unknown>>, config = read(document)) =>
  new Map(linesInForce(config, document, "file").map((line) => [line.path, line]));

describe("UX-08: what is in force, and who said so", () => {
  it("what a person wrote is theirs, and everything beside it is a default", () => {
    const lines = from(house);
    expect(lines.get("gateway.port")).toEqual({ path: "gateway.port", value: "4700", from: "file" });
    expect(lines.get("gateway.host")).toMatchObject({ value: '"127.0.0.1"', from: "default" });
    expect(lines.get("nodes[studio].slots")).toMatchObject({ value: "2", from: "file" });
    expect(lines.get("nodes[studio].enabled")).toMatchObject({ value: "true", from: "default" });
    expect(lines.get("breaker.failures")).toMatchObject({ from: "default" });
  });

  it("a default that was written all the same is the person's", () => {
    expect(from({ gateway: { port: 4663 } }).get("gateway.port")?.from).toBe("file");
  });

  it("what the demo lays under the settings is neither a default nor somebody's", () => {
    const laid = { ...read(house), budgets: [...read(house).budgets, ...read({ budgets: [{ id: "demo", usd: 1, per: "day" }] }).budgets] };
    const lines = from(house, laid);
    expect(lines.get("budgets[demo].usd")?.from).toBe("demo");
    expect(lines.get("budgets[all].usd")?.from).toBe("file");
  });

  it("a long value is cut: a page of text is no line", () => {
    const lines = from({ aliases: { a: "b".repeat(500) } }, read({ aliases: { a: "b".repeat(500) } }));
    expect(lines.get("aliases.a")?.value.length).toBeLessThan(170);
  });
});

describe("what an import would change", () => {
  it("told with before and after, entries by their names, what goes last", () => {
    const tower = { id: "tower", kind: "ollama", url: "http://tower.lan:11434" };
    const changes = changesBetween(read(house), read({ ...house, gateway: { port: 4800 }, nodes: [tower] }));
    expect(changes[0]).toEqual({ path: "gateway.port", before: "4700", after: "4800" });
    expect(changes).toContainEqual({ path: "nodes[tower].url", after: '"http://tower.lan:11434"' });
    expect(changes.at(-1)?.path).toMatch(/^nodes\[studio\]/);
    expect(changes.every(({ after }, index) => after !== undefined || index > 1)).toBe(true);
  });

  it("nothing where the documents mean the same, whatever was written out", () => {
    expect(changesBetween(read({}), read({ gateway: { port: 4663 }, nodes: [] }))).toEqual([]);
  });

  it("a list moved in order alone changes nothing, since its entries have names", () => {
    const nodes: ConfigDocument["nodes"] = read(house).nodes;
    const two = [...nodes, { ...nodes[0], id: "b" }];
    expect(changesBetween(read({ nodes: two }), read({ nodes: [...two].reverse() }))).toEqual([]);
  });
});

it("S-75: every field that names a secret is known, so that no missing key goes unnoticed", () => {
  const config = read({
    gateway: { key: { env: "GATEWAY" } },
    nodes: [{ id: "a", kind: "openai", preset: "openai", key: { store: "openai" } }],
    clients: [{ name: "laptop", key: { file: "/keys/laptop" } }],
    metrics: { redis: { env: "REDIS_URL" } },
    nats: { url: "nats://127.0.0.1:4222", credentials: { file: "/keys/nats" } },
    cluster: { nats: "nats://127.0.0.1:4222", credentials: { env: "CLUSTER" } },
  });
  expect(secretUses(config).map(({ field }) => field)).toEqual([
    "gateway.key",
    "nodes[a].key",
    "clients[laptop].key",
    "metrics.redis",
    "nats.credentials",
    "cluster.credentials",
  ]);
});
