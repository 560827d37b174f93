// The engine's half of the contract over one fake adapter: what a window talks to, without sockets to nodes.
import type { Push, Reply, UsageState } from "../../src-core/contract/api.ts";
import { fail } from "../../src-core/contract/failure.ts";
import { NodeId } from "../../src-core/contract/ids.ts";
import { Engine } from "../../src-core/engine/engine.ts";
import { createHandlers } from "../../src-core/engine/handlers.ts";
import type { Survey } from "../../src-core/engine/ports.ts";
import { ServerSearch } from "../../src-core/engine/search.ts";
import { systemClock } from "../../src-core/host/clock.ts";
import { openJournal } from "../../src-core/host/journal.ts";
import { settingsText } from "../../src-core/host/settings-text.ts";
import { createImageFetcher } from "../../src-core/nodes/image-fetch.ts";
import { aNode } from "./builders.ts";
import { everyKind } from "./every-kind.ts";
import type { FakeAdapter } from "./fake-adapter.ts";
import { MemoryConfig } from "./memory-config.ts";

export interface WindowEngine {
  readonly dispatch: (method: string, input: unknown) => Promise<Reply>;
  readonly listen: (onPush: (push: Push) => void) => () => void;
  readonly usage: (onState: (state: UsageState) => void) => () => void;
}

const secrets = { resolve: () => undefined };

const survey: Survey = {
  fingerprint: (url) => Promise.resolve({ url, label: "nothing" }),
  discover: () => Promise.resolve([]),
  search: () => Promise.resolve(undefined),
  ownSubnets: () => [],
  placeOf: () => "lan",
};

/** One Ollama node called `a`, seen once. */
export async function windowEngine(adapter: FakeAdapter): Promise<WindowEngine> {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const row = { abilities: aNode("a").can, create: () => adapter };
  const kinds = everyKind(row);
  const id = NodeId.parse("a");
  const config = new MemoryConfig({ nodes: [{ id, kind: "ollama", url: "http://a.lan:11434" }] });
  const engine = new Engine({
    config,
    kinds,
    survey,
    images: createImageFetcher(),
    secrets,
    journal: openJournal(":memory:", log),
    log,
    clock: systemClock,
    draw: () => 0.5,
    refuse: (reply) => reply.end(Buffer.from(fail("internal", "refused").message)),
    surroundings: () => ({
      app: { version: "test", demo: false, desktop: false },
      gateway: { url: "http://127.0.0.1:4663", port: 4663, wantedPort: 4663, loopback: true, keyRequired: false },
    }),
  });
  engine.start();
  await engine.poller.probe(id);
  const search = new ServerSearch({
    survey,
    clock: systemClock,
    fleet: () => engine.fleet,
    ownPorts: () => [],
    onChange: () => engine.touched(),
  });
  const dispatch = createHandlers({ engine, config, survey, log, search, secrets, settingsText });
  return { dispatch, listen: (onPush) => engine.publisher.listen(onPush), usage: (onState) => engine.chronicle.usage.listen(onState) };
}
