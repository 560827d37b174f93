// Two whole gateways that lose each other: each decides alone, says so, and afterwards everything is counted together (F64).
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openJournal } from "../../src-core/host/journal.ts";
import { call, chat } from "../gateway/caller.ts";
import { FaultProxy } from "../support/fault-proxy.ts";
import { type Home, type HomeNode, startHome } from "../support/gateway.ts";
import { natsMissing, startNatsServer } from "../support/nats-server.ts";
import { joining, startTwoHomes } from "../support/two-homes.ts";

const chats = "/v1/chat/completions";
const attic: HomeNode = { kind: "llama-server", models: [{ name: "m", replyTokens: 50 }], slots: 8, declares: { slots: 8 } };
const budgets = [{ id: "day", scope: {}, tokens: 100_000, per: "day" as const }];

type AnyHome = Home<"attic"> | Home<never>;
const spend = ({ homeport }: AnyHome) => homeport.engine.fleet.spend?.["day"];
const banner = ({ homeport }: AnyHome) => homeport.snapshot().banners.find(({ id }) => id === "cluster");
const shared = (home: AnyHome, fits: (elsewhere: number) => boolean) =>
  home.happened("budget-shared", ({ shared }) => shared !== undefined && fits(shared.elsewhere));

describe.skipIf(natsMissing !== undefined)("gateways that lose each other", () => {
  test("F64, done 4: partition and heal lose nothing: what each used alone counts for both, and a banner stood there meanwhile", async () => {
    const server = await startNatsServer();
    const proxy = await FaultProxy.start(server.url);
    onTestFinished(() => proxy.stop());
    const { one, two } = await startTwoHomes({ attic }, [server.url, proxy.url.replace("http:", "nats:")], { config: { budgets } });
    for (const home of [one, two]) expect((await call(home.url, chats, chat("m", { max_tokens: 60 }))).status).toBe(200);
    await Promise.all([shared(one, (elsewhere) => elsewhere > 0), shared(two, (elsewhere) => elsewhere > 0)]);
    const before = spend(two)?.tokens ?? 0;
    const cut = two.happened("budget-shared", ({ shared: now }) => (now?.next ?? 0) > 0);
    await proxy.refuse();
    await cut;
    expect(banner(two)).toMatchObject({ level: "warning", title: "Other gateways cannot be reached" });
    expect(banner(one)).toBeUndefined();
    const alone = await Promise.all([one, two, two, two].map((home) => call(home.url, chats, chat("m", { max_tokens: 60 }))));
    expect(alone.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const usedAlone = spend(two)?.tokens ?? 0;
    expect(usedAlone).toBe(4 * before);
    const healed = shared(one, (elsewhere) => elsewhere === usedAlone);
    await proxy.accept();
    await healed;
    await shared(two, (elsewhere) => elsewhere === spend(one)?.tokens);
    expect(banner(two)).toBeUndefined();
    expect([spend(one)?.shared?.next, spend(two)?.shared?.next]).toEqual([0, 0]);
  });

  test("F63: gateways whose server is away from the start serve as if they were alone", async () => {
    const server = await startNatsServer({ down: true });
    const { one, two } = await startTwoHomes({ attic }, server.url, { config: { budgets } });
    const answers = await Promise.all([one, two].map((home) => call(home.url, chats, chat("m"))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(banner(one)).toBeDefined();
    await server.start();
    await Promise.all([one, two].map((home) => shared(home, (elsewhere) => elsewhere > 0)));
    expect(banner(one)).toBeUndefined();
  });

  test("a server without JetStream is told of in words", async () => {
    const server = await startNatsServer({ jetstream: false });
    const home = await startHome({ nodes: { attic }, config: { budgets, cluster: { nats: server.url } } });
    await home.happened("budget-shared", ({ shared: now }) => (now?.next ?? 0) > 0);
    expect((await call(home.url, chats, chat("m"))).status).toBe(200);
    expect(banner(home)?.body).toContain("JetStream");
  });

  test("a gateway that starts again with its journal counts what it used once, and takes its part up", async () => {
    const folder = mkdtempSync(join(tmpdir(), "homeport-cluster-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const journal = () => openJournal(join(folder, "journal.db"), log);
    const server = await startNatsServer();
    const config = { budgets, cluster: { nats: server.url } };
    const one = await startHome({ nodes: { attic }, config });
    const two = await joining(one, { attic }, { config, journal: journal() });
    await call(two.url, chats, chat("m", { max_tokens: 60 }));
    const used = spend(two)?.tokens ?? 0;
    expect(used).toBeGreaterThan(0);
    await two.stop();
    await shared(one, (elsewhere) => elsewhere === used);
    const again = await joining(one, { attic }, { config, journal: journal() });
    expect(spend(again)?.tokens).toBe(used);
    await call(again.url, chats, chat("m", { max_tokens: 60 }));
    await shared(one, (elsewhere) => elsewhere === 2 * used);
    expect(spend(one)?.shared?.elsewhere).toBe(2 * used);
  });

  test("without a cluster in the settings there is nothing of it: no link, no wait, no share", async () => {
    const home = await startHome({ nodes: { attic }, config: { budgets } });
    const { cluster } = home.homeport.engine;
    expect((await call(home.url, chats, chat("m"))).status).toBe(200);
    expect([cluster.limits, spend(home)?.shared, banner(home)]).toEqual([undefined, undefined, undefined]);
  });
});
