// Every kind of node against its simulated twin: with loads that take time, streams that can be cut, and a server that can be killed.
import { afterEach, describe, expect, test } from "vitest";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import type { LoadProgress } from "../../src-core/engine/ports.ts";
import { nodeKinds } from "../../src-core/nodes/index.ts";
import { configKind } from "../../src-core/simulator/fleet.ts";
import { type SimulatedNode, type StartOptions, startSimulatedNode } from "../../src-core/simulator/node.ts";
import { SimulatedKind } from "../../src-core/simulator/options.ts";
import { adapterSuite, type SuiteNode } from "./adapter-suite.ts";

/** What distinguishes a kind in the suite, beyond what all share. */
interface Habits extends Partial<Pick<SuiteNode, "dialect" | "loads" | "unloads" | "rests" | "tellsProgress" | "isService">> {
  readonly kind: SimulatedKind;
  readonly version?: string;
  readonly devMode?: boolean;
  /** It serves one model, so that none beside it can be broken. */
  readonly isOneModel?: boolean;
  /** How it spells a name. */
  readonly suffix?: string;
}

const habits: Readonly<Record<string, Habits>> = {
  ollama: { kind: "ollama", loads: true, suffix: ":latest" },
  "llama-server": { kind: "llama-server" },
  "llama-server-router": { kind: "llama-server-router", loads: true, tellsProgress: true },
  "LM Studio": { kind: "lm-studio", loads: true, tellsProgress: true },
  "LM Studio before 0.4": { kind: "lm-studio", version: "0.3.30", loads: true, unloads: false },
  vllm: { kind: "vllm" },
  "vLLM that sleeps": { kind: "vllm", devMode: true, loads: true, rests: "sleeping", isOneModel: true },
  "llama-swap": { kind: "llama-swap", loads: true },
  neuron: { kind: "neuron", loads: true },
  cortex: { kind: "cortex", loads: true, unloads: false },
  Homeport: { kind: "homeport", loads: true, unloads: false },
  "openai-compatible": { kind: "openai-compatible" },
  openai: { kind: "openai", isService: true },
  anthropic: { kind: "anthropic", isService: true, dialect: "anthropic" },
};

async function simulated({
  kind,
  version,
  devMode,
  isOneModel,
  suffix = "",
  loads = false,
  tellsProgress = false,
  ...more
}: Habits): Promise<SuiteNode> {
  const key = "key-of-the-suite";
  const steady = { name: "steady", loadMs: 60, tokensPerSecond: 500, replyTokens: 4_000, warm: !loads };
  const broken = { name: "broken", loadMs: 10, loadFault: { fault: "failed" } } as const;
  const breaks = loads && isOneModel !== true;
  const models = breaks ? [steady, broken] : [steady];
  const node = await startSimulatedNode({ kind, models, version, devMode, ...(more.isService === true ? { key } : {}) });
  return {
    url: node.url,
    model: `steady${suffix}`,
    loads,
    tellsProgress,
    ...more,
    ...(more.isService === true ? { key } : {}),
    streamsSlowly: true,
    ...(breaks ? { broken: `broken${suffix}` } : {}),
    kill: () => node.kill(),
    stop: () => node.stop(),
  };
}

for (const [name, habit] of Object.entries(habits)) {
  adapterSuite(`a simulated ${name}`, configKind(habit.kind), () => simulated(habit));
}

describe("loads", () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function started(options: StartOptions) {
    const node = await startSimulatedNode(options);
    const adapter = nodeKinds[configKind(options.kind)].create({ id: NodeId.parse("attic"), url: node.url, key: "any", demo: false });
    closing.push(
      () => node.stop(),
      () => adapter.close(),
    );
    return { node, adapter };
  }
  const never = () => new AbortController().signal;
  const untilLoading = (node: SimulatedNode) => expect.poll(() => node.loading.length, { interval: 5 }).toBe(1);

  test.each(["ollama", "llama-server-router"] as const)("R-9: giving up a load stops it on the node (%s)", async (kind) => {
    const { node, adapter } = await started({ kind, models: [{ name: "slow:latest", loadMs: 600_000 }] });
    await adapter.probe(never());
    const cancel = new AbortController();
    const loading = adapter.load(ModelId.parse("slow:latest"), {}, () => {}, cancel.signal);
    await untilLoading(node);
    cancel.abort();
    expect((await loading)?.kind).toBe("cancelled");
    await expect.poll(() => node.loading.length, { interval: 5 }).toBe(0);
    expect(node.inMemory).toEqual([]);
  });

  test("UX-24: a router that is loading already is followed, and not told twice", async () => {
    const { node, adapter } = await started({ kind: "llama-server-router", models: [{ name: "slow", loadMs: 150 }] });
    await adapter.probe(never());
    const body = JSON.stringify({ model: "slow" });
    await fetch(`${node.url}/models/load`, { method: "POST", body, headers: { "content-type": "application/json" } });
    const steps: LoadProgress[] = [];
    expect(await adapter.load(ModelId.parse("slow"), {}, (step) => steps.push(step), never())).toBeUndefined();
    expect(node.inMemory).toEqual(["slow"]);
    expect(node.record.loadCalls["slow"]).toBe(1);
    expect(steps.length).toBeGreaterThan(0);
  });

  test("a router killed while it loads is a failure in words, not a load that never ends", async () => {
    const { node, adapter } = await started({ kind: "llama-server-router", models: [{ name: "slow", loadMs: 600_000 }] });
    await adapter.probe(never());
    const loading = adapter.load(ModelId.parse("slow"), {}, () => {}, never());
    await untilLoading(node);
    await node.kill();
    expect((await loading)?.kind).toBe("connect-failed");
  });

  test("a model that does not fit in Ollama's memory is told as out of memory", async () => {
    const models = [{ name: "huge:latest", loadFault: { fault: "out-of-memory" } }] as const;
    const { adapter } = await started({ kind: "ollama", models: [...models] });
    const failure = await adapter.load(ModelId.parse("huge:latest"), {}, () => {}, never());
    expect(failure?.kind).toBe("out-of-memory");
  });

  test("a model that only embeds is loaded through the route that it has", async () => {
    const { node, adapter } = await started({ kind: "ollama", models: [{ name: "embed:latest", capabilities: ["embedding"] }] });
    await adapter.probe(never());
    expect(await adapter.load(ModelId.parse("embed:latest"), {}, () => {}, never())).toBeUndefined();
    expect(node.inMemory).toEqual(["embed:latest"]);
    expect(await adapter.unload(ModelId.parse("embed:latest"), never())).toBeUndefined();
  });

  test.each(SimulatedKind.options)("F27: a %s that answers with a web page is named for what it is not", async (kind) => {
    const { node, adapter } = await started({ kind, models: [{ name: "m" }] });
    node.fault({ fault: "html" });
    expect(await adapter.probe(never())).toMatchObject({
      failure: { kind: "malformed-reply", message: expect.stringMatching(/not as (?:an?|the) /) },
    });
  });

  test("a wrong key is the settings' fault, and is told as such (S-20)", async () => {
    const { adapter } = await started({ kind: "llama-server", key: "right", models: [{ name: "m", warm: true }] });
    expect(await adapter.probe(never())).toMatchObject({ failure: { kind: "upstream-misconfigured" } });
  });

  test("F02: a node that accepts and never answers ends the probe with its signal", async () => {
    const { node, adapter } = await started({ kind: "ollama", models: [{ name: "m" }] });
    node.fault({ fault: "hang" });
    const giveUp = new AbortController();
    const probing = adapter.probe(giveUp.signal);
    await expect.poll(() => node.record.requests.length, { interval: 5 }).toBeGreaterThan(0);
    giveUp.abort();
    expect(await probing).toMatchObject({ failure: { kind: "cancelled" } });
  });
});
