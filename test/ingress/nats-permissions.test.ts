// S-92: the table of roles as a real server enforces it.
import { nkeys } from "@nats-io/transport-node";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { clusterBucket } from "../../src-core/contract/cluster.ts";
import type { Failure } from "../../src-core/contract/failure.ts";
import { type SharedState, SharedValues } from "../../src-core/engine/cluster/shared-values.ts";
import { systemClock } from "../../src-core/host/clock.ts";
import { gatewayRole, permissionsText, workerRole } from "../../src-core/ingress/nats-permissions.ts";
import { openLink, settled, untilState } from "../support/nats-link.ts";
import { natsMissing, startNatsServer } from "../support/nats-server.ts";
import { startTestWorker } from "../support/test-worker.ts";

const text = (data: Uint8Array) => new TextDecoder().decode(data);
const bytes = (value: string) => new TextEncoder().encode(value);
const seedOf = (pair: ReturnType<typeof nkeys.createUser>) => text(pair.getSeed());

async function house() {
  const pairs = { beast: nkeys.createUser(), attic: nkeys.createUser(), gateway: nkeys.createUser() };
  const users = [
    [pairs.beast, workerRole("beast")],
    [pairs.attic, workerRole("attic")],
    [pairs.gateway, gatewayRole()],
  ] as const;
  const lines = users.map(([pair, role]) => `{ nkey: ${pair.getPublicKey()}, permissions: ${permissionsText(role)} }`);
  const server = await startNatsServer({ config: `authorization { users: [\n${lines.join(",\n")}\n] }` });
  const env = { BEAST: seedOf(pairs.beast), ATTIC: seedOf(pairs.attic), GATEWAY: seedOf(pairs.gateway) };
  const refused: string[] = [];
  const log = {
    info: () => undefined,
    warn: (fields: Readonly<Record<string, unknown>>) => void refused.push(JSON.stringify(fields)),
    error: () => undefined,
  };
  const link = async (who: "BEAST" | "ATTIC" | "GATEWAY", name: string) => {
    const opened = openLink({ url: server.url, credentials: { env: who } }, name, { env, log });
    await untilState(opened, "connected");
    return opened;
  };
  return { server, env, refused, link };
}

describe.skipIf(natsMissing !== undefined)("S-92: permissions per role", () => {
  it("are enough for a worker and a gateway to do all of their work, reports in the bucket included", async () => {
    const { server, env, link, refused } = await house();
    await startTestWorker({
      nats: server.url,
      env,
      credentials: "BEAST",
      runtimes: [{ kind: "ollama", models: [{ name: "llama3.2", warm: true, replyTokens: 300 }] }],
    });
    const gateway = await link("GATEWAY", "gateway");
    const changed = new Promise<string>((resolve) => gateway.subscribe("node.*.capabilities.changed", ({ subject }) => resolve(subject)));
    const report = await gateway.request("node.beast.capabilities.get", bytes(""), 5_000);
    expect("data" in report && JSON.parse(text(report.data))).toMatchObject({ node_id: "beast" });
    expect(await gateway.gather("node.capabilities.get", bytes(""), 200)).toHaveLength(1);
    const job = await gateway.request("node.beast.llm.request", bytes(JSON.stringify({ payload: { prompt: "Hi" } })), 5_000);
    expect("data" in job && JSON.parse(text(job.data))).toMatchObject({ status: "ok" });
    await streamed(gateway);
    const bucket = await gateway.bucket("homeport_capabilities", {});
    if ("failure" in bucket) throw new Error(bucket.failure.message);
    await new Promise<void>((resolve) => void bucket.watch((key) => key === "beast" && resolve()));
    await gateway.request("node.beast.model.unload", bytes('{"model":"llama3.2"}'), 5_000);
    expect(await changed).toBe("node.beast.capabilities.changed");
    expect(refused.filter((line) => line.includes("ermission"))).toEqual([]);
  });

  it("keep a worker from posing as another, from giving jobs, and from reading what others are told", async () => {
    const { link, refused } = await house();
    const attic = await link("ATTIC", "worker-attic");
    const gateway = await link("GATEWAY", "gateway");
    const heard: string[] = [];
    gateway.subscribe("node.*.capabilities.changed", ({ subject }) => void heard.push(subject));
    const own = new Promise<void>((resolve) => gateway.subscribe("node.attic.capabilities.changed", () => resolve()));
    await settled(gateway, "node.attic.nobody.request");
    for (const subject of [
      "node.beast.capabilities.changed",
      "node.beast.llm.request",
      "$KV.homeport_capabilities.beast",
      "_INBOX_gateway.x",
    ])
      attic.publish(subject, bytes("{}"));
    for (const subject of ["node.beast.>", "node.>", ">", "_INBOX_gateway.>", "$SYS.>"])
      attic.subscribe(subject, ({ subject: at }) => void heard.push(at));
    attic.publish("node.attic.capabilities.changed", bytes("{}"));
    await own;
    gateway.publish("node.beast.llm.request", bytes("{}"));
    await gateway.request("node.attic.nobody.request", bytes(""), 1_000);
    expect(heard).toEqual(["node.attic.capabilities.changed"]);
    expect(refused.filter((line) => line.includes("ermission")).length).toBeGreaterThanOrEqual(9);
  });

  it("S-92: are enough for several gateways to share what they share, and only in the bucket of their own group", async () => {
    const { link, refused } = await house();
    const [one, two] = await Promise.all([link("GATEWAY", "gateway"), link("GATEWAY", "gateway")]);
    const shared = await Promise.all([one, two].map((each) => upOf(new SharedValues(each, systemClock, clusterBucket("home")))));
    const [mine, other] = shared;
    const told = new Promise<string | undefined>((resolve) => other?.onChange((_, seen) => resolve(seen?.text)));
    expect(await mine?.change("lease", () => "held")).toBe("changed");
    expect(await told).toBe("held");
    expect(await other?.change("lease", (text) => `${text} again`, true)).toBe("changed");
    expect(await mine?.put("presence", "here")).toBe("changed");
    expect(await mine?.remove("lease")).toBe("changed");
    expect(refused.filter((line) => line.includes("ermission"))).toEqual([]);
    const attic = await link("ATTIC", "worker-attic");
    for (const subject of ["$KV.homeport_cluster_home.presence", "$JS.API.STREAM.DELETE.KV_homeport_cluster_home"]) {
      attic.publish(subject, bytes("forged"));
      await settled(attic, "node.attic.capabilities.changed");
    }
    one.publish("$KV.homeport_cluster_other.presence", bytes("forged"));
    one.publish("$JS.API.STREAM.DELETE.KV_homeport_cluster_home", bytes(""));
    await settled(one, "node.attic.nobody.request");
    expect(other?.seen("presence")?.text).toBe("here");
    // The server tells of a refusal beside what it answers.
    await vi.waitFor(() => expect(refused.filter((line) => line.includes("ermission")).length).toBeGreaterThanOrEqual(4));
    expect(await mine?.change("lease", () => "still there")).toBe("changed");
  });

  it("keep a gateway from speaking for a worker", async () => {
    const { link, refused } = await house();
    const gateway = await link("GATEWAY", "gateway");
    gateway.publish("node.beast.capabilities.changed", bytes("{}"));
    await gateway.request("node.beast.llm.request", bytes(""), 1_000);
    expect(refused.join()).toContain("node.beast.capabilities.changed");
  });
});

/** Resolves once what others write is followed. */
function upOf(values: SharedValues): Promise<SharedValues> {
  onTestFinished(() => values.stop());
  return new Promise((resolve, reject) => {
    const look = (state: SharedState, why?: Failure) => {
      if (state === "up") resolve(values);
      if (state === "away") reject(new Error(why?.message));
    };
    values.onState(look);
    look(values.state);
  });
}

/** A streamed answer of many frames goes to one inbox: the server must let all of them through. */
function streamed(gateway: Awaited<ReturnType<Awaited<ReturnType<typeof house>>["link"]>>): Promise<void> {
  const reply = gateway.inbox();
  const call = { id: "c", method: "POST", path: "/v1/chat/completions", window: 1_000 };
  const body = { model: "llama3.2", stream: true, messages: [{ role: "user", content: "Hi" }] };
  return new Promise((resolve, reject) => {
    gateway.subscribe(reply, (message) => {
      const kind = message.header("Homeport-Kind");
      if (kind === "end") resolve();
      if (kind === "error") reject(new Error(text(message.data)));
    });
    gateway.publish("node.beast.stream.request", bytes(JSON.stringify(body)), {
      reply,
      headers: { "Homeport-Call": JSON.stringify(call) },
    });
  });
}
