// The line to NATS over a real server: away, back, refused, and what a bucket promises.
import { describe, expect, it } from "vitest";
import type { NatsBucket, NatsEntry } from "../../src-core/engine/nats-port.ts";
import { adviceOnVersion, natsRoad } from "../../src-core/host/nats-address.ts";
import { environmentSecrets } from "../../src-core/host/secrets.ts";
import { openLink, settled, untilState } from "../support/nats-link.ts";
import { natsMissing, startNatsServer } from "../support/nats-server.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

describe("S-90: the address of a NATS server", () => {
  const road = (url: string, more = {}) => natsRoad({ url, ...more }, environmentSecrets({ GOOD: `SU${"A".repeat(56)}`, BAD: "hunter2" }));
  it.each([
    ["nats://user:secret@host:4222", "holds a user name or password"],
    ["nats://token@host:4222", "holds a user name or password"],
    ["http://host:4222", "not reached by http"],
    ["nats://", "is none"],
  ])("refuses %s", (url, says) => {
    const answer = road(url);
    expect("failure" in answer && answer.failure.message).toContain(says);
    expect(JSON.stringify(answer)).not.toContain("secret@");
  });
  it.each([
    ["nats://127.0.0.1", {}, false],
    ["localhost:4333", {}, false],
    ["nats://gpu.lan:4222", {}, true],
    ["nats://gpu.lan:4222", { plain: true }, false],
    ["tls://127.0.0.1:4222", {}, true],
    ["tls://gpu.lan", { plain: true }, true],
  ])("goes to %s %j encrypted: %s", (url, more, encrypted) => {
    expect(road(url, more)).toMatchObject({ encrypted });
  });
  it("wants credentials in a form the server knows, and says so without showing them", () => {
    expect(road("nats://127.0.0.1", { credentials: { env: "GOOD" } })).toMatchObject({ identity: { seed: `SU${"A".repeat(56)}` } });
    const bad = JSON.stringify(road("nats://127.0.0.1", { credentials: { env: "BAD" } }));
    expect(bad).toContain("neither a credentials file");
    expect(bad).not.toContain("hunter2");
    expect(JSON.stringify(road("nats://127.0.0.1", { credentials: { env: "NONE" } }))).toContain("set the environment variable NONE");
  });
  it("S-91, S-95: warns of servers below the fixed releases, and of no other", () => {
    const warned = ["2.9.10", "2.11.15", "2.12.6", "2.13.9", "1.4.1"];
    const fine = ["2.11.16", "2.12.7", "2.14.0", "2.15.2", "3.0.0"];
    expect(warned.map(adviceOnVersion).every((advice) => advice !== undefined)).toBe(true);
    expect(fine.map(adviceOnVersion)).toEqual(fine.map(() => undefined));
  });
});

describe.skipIf(natsMissing !== undefined)("the line", () => {
  it("S-95: of a server older than the fixed releases, as Debian's is, the log says so in words, and loopback may use it", async () => {
    const server = await startNatsServer();
    const warned: string[] = [];
    const log = { info: () => undefined, warn: (_: object, message: string) => void warned.push(message), error: () => undefined };
    const state = await untilState(openLink(server.url, "here", { log }), "connected");
    const advice = adviceOnVersion(state.version);
    expect(warned).toEqual(advice === undefined ? [] : [advice]);
    expect(adviceOnVersion("2.9.10")).toContain("known security holes");
  });

  it("F63: with the server down at start it says so at once, answers with failures, and connects when the server comes", async () => {
    const server = await startNatsServer({ down: true });
    const link = openLink(server.url, "late");
    const away = await untilState(link, "away");
    expect(away.needsPerson).toBe(false);
    expect(away.because.message).toContain("cannot be reached");
    expect(await link.request("a", bytes("x"), 1_000)).toMatchObject({ failure: { kind: "connect-failed" } });
    expect(link.publish("a", bytes("x"))).toBe(false);
    const heard = new Promise<string>((resolve) => link.subscribe("a", ({ data }) => resolve(text(data))));
    await server.start();
    expect(await untilState(link, "connected")).toMatchObject({ jetstream: true });
    link.publish("a", bytes("hello"));
    expect(await heard).toBe("hello");
  });

  it("F64: subscriptions outlive a restart of the server, and requests under way fail at once", async () => {
    const server = await startNatsServer();
    const worker = openLink(server.url, "worker");
    const asker = openLink(server.url, "asker");
    await Promise.all([untilState(worker, "connected"), untilState(asker, "connected")]);
    let reached = () => {};
    const arrived = new Promise<void>((resolve) => {
      reached = resolve;
    });
    worker.subscribe("job", (message) => (text(message.data) === "echo" ? message.respond(bytes("done")) : reached()));
    await settled(worker);
    const lost = asker.request("job", bytes("never"), 60_000);
    await arrived;
    await server.stop();
    expect(await lost).toMatchObject({ failure: { kind: "connect-failed" } });
    await server.start();
    await Promise.all([untilState(worker, "connected"), untilState(asker, "connected")]);
    const answer = await asker.request("job", bytes("echo"), 5_000);
    expect("data" in answer && text(answer.data)).toBe("done");
  });

  it("nobody listening is told at once, silence after its time", async () => {
    const server = await startNatsServer();
    const link = openLink(server.url, "asker");
    await untilState(link, "connected");
    expect(await link.request("nobody", bytes(""), 60_000)).toMatchObject({ failure: { kind: "connect-failed" } });
    link.subscribe("silent", () => undefined);
    expect(await link.request("silent", bytes(""), 20)).toMatchObject({ failure: { kind: "first-byte-timeout" } });
  });

  it("gathers every answer, and only one of a queue group hears a message", async () => {
    const server = await startNatsServer();
    const link = openLink(server.url, "asker");
    await untilState(link, "connected");
    for (const name of ["a", "b"]) link.subscribe("who", (message) => message.respond(bytes(name)));
    for (const name of ["c", "d"]) link.subscribe("who", (message) => message.respond(bytes(name)), "group");
    const answers = (await link.gather("who", bytes(""), 200)).map(({ data }) => text(data));
    expect(answers).toHaveLength(3);
    expect(answers).toEqual(expect.arrayContaining(["a", "b"]));
    expect(await link.gather("nobody", bytes(""), 50)).toEqual([]);
  });

  it("F70: refused twice, it stops and asks for a person; retry tries again", async () => {
    const server = await startNatsServer({ config: 'authorization { users: [{ user: "a", password: "b" }] }' });
    const link = openLink(server.url, "stranger");
    const away = await untilState(link, "away", ({ needsPerson }) => needsPerson);
    expect(away.because).toMatchObject({ kind: "upstream-misconfigured" });
    expect(away.because.message).toContain("refused our credentials");
    const again = new Promise<void>((resolve) => {
      const stop = link.onState(() => {
        stop();
        resolve();
      });
    });
    link.retry();
    await again;
  });

  it("a nkey seed opens a server that knows its key", async () => {
    const { nkeys } = await import("@nats-io/transport-node");
    const pair = nkeys.createUser();
    const server = await startNatsServer({ config: `authorization { users: [{ nkey: ${pair.getPublicKey()} }] }` });
    const link = openLink({ url: server.url, credentials: { env: "SEED" } }, "known", { env: { SEED: text(pair.getSeed()) } });
    await untilState(link, "connected");
  });

  it("S-90: off loopback without TLS on the server, nothing is sent and it is said why", async () => {
    const server = await startNatsServer();
    const link = openLink(`tls://127.0.0.1:${server.port}`, "careful");
    const away = await untilState(link, "away");
    expect(away.because.message).toContain("does not speak TLS");
  });
});

describe.skipIf(natsMissing !== undefined)("a bucket", () => {
  async function bucketOn(url: string): Promise<NatsBucket> {
    const link = openLink(url, "keeper");
    await untilState(link, "connected");
    const bucket = await link.bucket("things", { description: "for a test" });
    if ("failure" in bucket) throw new Error(bucket.failure.message);
    return bucket;
  }

  it("lets only one of two set a value that neither had seen", async () => {
    const { url } = await startNatsServer();
    const [one, two] = await Promise.all([bucketOn(url), bucketOn(url)]);
    const results = await Promise.all([one.compareAndSet("k", bytes("one"), 0), two.compareAndSet("k", bytes("two"), 0)]);
    const won = results.filter((revision) => typeof revision === "number");
    expect(won).toHaveLength(1);
    const entry = await one.get("k");
    const revision = entry !== undefined && "revision" in entry ? entry.revision : 0;
    expect(await two.compareAndSet("k", bytes("next"), revision + 7)).toBeUndefined();
    expect(await two.compareAndSet("k", bytes("next"), revision)).toEqual(expect.any(Number));
    expect(await one.remove("k", revision)).toBe(false);
    expect(await one.remove("k")).toBe(true);
    expect(await one.get("k")).toBeUndefined();
    expect(await two.compareAndSet("k", bytes("again"), 0)).toEqual(expect.any(Number));
  });

  it("tells a watcher what is there, what changes, and goes on after the server came back", async () => {
    const server = await startNatsServer();
    const bucket = await bucketOn(server.url);
    await bucket.put("a", bytes("1"));
    const seen: [string, string | undefined][] = [];
    let look = () => {};
    const stop = bucket.watch((key, entry: NatsEntry | undefined) => {
      seen.push([key, entry && text(entry.value)]);
      look();
    });
    const until = (key: string, value: string | undefined) =>
      new Promise<void>((resolve) => {
        look = () => void (seen.some(([k, v]) => k === key && v === value) && resolve());
        look();
      });
    await until("a", "1");
    await bucket.remove("a");
    await until("a", undefined);
    await server.stop();
    expect(await bucket.put("b", bytes("2"))).toMatchObject({ failure: { kind: "connect-failed" } });
    await server.start();
    const other = await bucketOn(server.url);
    await other.put("b", bytes("3"));
    await until("b", "3");
    stop();
  });

  it("says so where the server keeps nothing", async () => {
    const server = await startNatsServer({ jetstream: false });
    const link = openLink(server.url, "keeper");
    await untilState(link, "connected");
    expect(await link.bucket("things", {})).toMatchObject({ failure: { kind: "unsupported" } });
  });
});
