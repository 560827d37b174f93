// What the window is told of a request's way: dialects, loss, the cloud, tokens and cost, and the queue it stood in, through the whole gateway.
import { expect, test } from "vitest";
import type { Push, Snapshot } from "../../src-core/contract/api.ts";
import type { RequestRow } from "../../src-core/contract/route.ts";
import { type Home, startHome } from "../support/gateway.ts";
import { call, chat, send } from "./caller.ts";

const chats = "/v1/chat/completions";
const messages = [{ role: "user", content: "hi" }];

/** The latest row and snapshot of a window that is open, and a promise for either to fit. */
function watch(home: Home<string>) {
  const rows = new Map<string, RequestRow>();
  const snapshots: Snapshot[] = [];
  let looks: (() => void)[] = [];
  home.homeport.listen((push: Push) => {
    if (push.type === "activity") for (const row of push.rows) rows.set(row.id, row);
    if (push.type === "snapshot") snapshots.push(push.snapshot);
    for (const look of looks.splice(0)) look();
  });
  const until = async <T>(find: () => T | undefined): Promise<T> => {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        looks = [...looks, resolve];
      });
    }
  };
  const row = (fits: (row: RequestRow) => boolean) => until(() => [...rows.values()].find(fits));
  const snapshot = (fits: (snapshot: Snapshot) => boolean) => until(() => snapshots.find(fits));
  return { row, snapshot };
}

test("issue 4: a row tells the node's dialect and what it lost, and nothing of it where bytes passed untouched", async () => {
  const home = await startHome({ nodes: { studio: { kind: "llama-server", models: [{ name: "m", warm: true, replyTokens: 2 }] } } });
  const window = watch(home);
  await call(home.url, "/v1/messages", { model: "m", max_tokens: 8, messages, service_tier: "auto" });
  const translated = await window.row(({ dialect, phase }) => dialect === "anthropic" && phase === "done");
  expect(translated).toMatchObject({ spoken: "openai", dropped: expect.arrayContaining([expect.stringContaining("service_tier")]) });
  await call(home.url, chats, chat("m"));
  const passed = await window.row(({ dialect, phase }) => dialect === "openai" && phase === "done");
  for (const absent of ["spoken", "dropped", "place"]) expect(passed).not.toHaveProperty(absent);
});

test("issue 4: an answer from the cloud is marked, priced, and tells what its cache saved; one at home that follows it is not marked", async () => {
  const home = await startHome({
    nodes: {
      far: { kind: "openai", key: "k", models: [{ name: "gpt", replyTokens: 2 }], declares: { place: "cloud", key: { env: "CLOUD" } } },
      attic: { kind: "ollama", models: [{ name: "m", warm: true, replyTokens: 2 }] },
    },
    env: { CLOUD: "k" },
    config: { cloud: { allowed: true }, catalogue: [{ model: "gpt", cost: { input: 1, output: 2 } }] },
  });
  const window = watch(home);
  await call(home.url, chats, chat("gpt"));
  const far = await window.row(({ model, phase }) => model === "gpt" && phase === "done");
  expect(far).toMatchObject({ place: "cloud", tokensIn: expect.any(Number), tokensOut: expect.any(Number), usd: expect.any(Number) });
  await call(home.url, chats, chat("m"));
  expect(await window.row(({ model, phase }) => model === "m" && phase === "done")).not.toHaveProperty("place");
});

test("issue 4: a request that fell back from the cloud to the house is not told as one of the cloud", async () => {
  const home = await startHome({
    nodes: {
      far: { kind: "openai", key: "k", models: [{ name: "m" }], declares: { place: "cloud", key: { env: "CLOUD" } } },
      attic: { kind: "ollama", models: [{ name: "spare", warm: true, replyTokens: 2 }] },
    },
    env: { CLOUD: "k" },
    config: { cloud: { allowed: true }, profiles: { p: { chain: ["m", "spare"], cloud: true } } },
  });
  home.at("far").fault({ fault: "status", status: 500, body: "{}" }, { path: chats });
  const window = watch(home);
  expect((await call(home.url, chats, chat("p"))).headers).not.toHaveProperty("x-homeport-place");
  const row = await window.row(({ phase }) => phase === "done");
  expect(row.attempts.map(({ node }) => String(node))).toEqual(expect.arrayContaining(["far", "attic"]));
  expect(row).not.toHaveProperty("place");
});

test("issue 3: a window hears of a queue that grows although no belief changed, with the request's own expected wait", async () => {
  const home = await startHome({
    nodes: {
      attic: { kind: "ollama", models: [{ name: "m", warm: true, replyTokens: 4, tokensPerSecond: 400 }], declares: { slots: 1 } },
    },
  });
  const window = watch(home);
  await call(home.url, chats, chat("m", { stream: true }));
  await home.happened("figures-learned");
  home.at("attic").fault({ fault: "hang" }, { path: chats, times: 1 });
  const busy = send(home.url, chats, chat("m"));
  await window.snapshot(({ fleet }) => fleet.nodes["attic"]?.inFlight["m"] === 1);
  const waiting = [send(home.url, chats, chat("m")), send(home.url, chats, chat("m"))];
  await window.snapshot(({ queues }) => queues?.["m"]?.depth === 2);
  const row = await window.row(({ position }) => position === 2);
  expect(row.expectedWaitMs).toBeGreaterThan(0);
  busy.leave();
  await Promise.all(waiting.map((answer) => answer.whole()));
  await window.snapshot(
    ({ version, queues, fleet }) => version > 0 && queues === undefined && fleet.nodes["attic"]?.inFlight["m"] === undefined,
  );
});

test("issue 4: a dry run tells how each candidate would be spoken to by a client of each dialect, and invents no loss", async () => {
  const home = await startHome({ nodes: { studio: { kind: "llama-server", models: [{ name: "m", warm: true }] } } });
  for (const dialect of ["openai", "ollama", "anthropic", "responses"] as const) {
    const reply = await home.homeport.dispatch("explain", { model: "m", dialect });
    expect(reply).toMatchObject({ ok: true, output: { dialect, links: [{ candidates: [{ node: "studio", spoken: "openai" }] }] } });
    expect(JSON.stringify(reply)).not.toContain("dropped");
  }
  const body = { messages, max_tokens: 5, system: "Be brief." };
  expect(await home.homeport.dispatch("explain", { model: "m", dialect: "anthropic", request: body })).toMatchObject({ ok: true });
  expect(await home.homeport.dispatch("explain", { model: "m", dialect: "responses", request: { input: "hi" } })).toMatchObject({
    ok: true,
  });
});
