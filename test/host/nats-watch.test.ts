// A bucket that cannot be followed although its server is there: said at once, tried again for ever.
import { describe, expect, it } from "vitest";
import { fail } from "../../src-core/contract/failure.ts";
import { SharedValues } from "../../src-core/engine/cluster/shared-values.ts";
import { systemClock } from "../../src-core/host/clock.ts";
import { BucketWatch, type Changes } from "../../src-core/host/nats-watch.ts";
import { openLink, untilState } from "../support/nats-link.ts";
import { natsMissing, startNatsServer } from "../support/nats-server.ts";

const refused = { failure: fail("connect-failed", "The NATS bucket things did not answer: denied.") };

/** Pauses in order, each over as soon as it is asked for. */
function hurried() {
  const pauses: number[] = [];
  const after = (ms: number, then: () => void) => {
    pauses.push(ms);
    queueMicrotask(then);
    return () => undefined;
  };
  return { pauses, clock: { ...systemClock, after } };
}

function changes(...entries: readonly string[]): Changes<string> {
  return {
    stop: () => undefined,
    [Symbol.asyncIterator]: async function* () {
      yield* entries;
    },
  };
}

describe("a watch", () => {
  it("that cannot be opened says why, pauses longer each time, and says when it is there again", async () => {
    const { pauses, clock } = hurried();
    const told: (string | undefined)[] = [];
    const answers = [refused, refused, refused, changes("a", "b")];
    await new Promise<void>((resolve) => {
      const watch = new BucketWatch<string>({
        clock,
        isConnected: () => true,
        open: async () => answers.shift() ?? changes(),
        onTrouble: (trouble) => void told.push(trouble?.kind),
        onEntry: (entry) => {
          told.push(entry);
          if (entry !== "b") return;
          watch.stop();
          resolve();
        },
      });
      watch.begin();
    });
    expect(told).toEqual(["connect-failed", "connect-failed", "connect-failed", undefined, "a", "b"]);
    expect(pauses).toEqual([250, 500, 1_000]);
  });

  it("that ends while the server is there is opened anew", async () => {
    const { pauses, clock } = hurried();
    const heard: string[] = [];
    await new Promise<void>((resolve) => {
      let opened = 0;
      const watch = new BucketWatch<string>({
        clock,
        isConnected: () => true,
        open: async () => changes(`${++opened}`),
        onTrouble: () => undefined,
        onEntry: (entry) => {
          heard.push(entry);
          if (entry !== "3") return;
          watch.stop();
          resolve();
        },
      });
      watch.begin();
    });
    expect(heard).toEqual(["1", "2", "3"]);
    expect(pauses).toEqual([250, 250]);
  });

  it("whose connection went leaves it to the next one, and says nothing of its own", async () => {
    const { pauses, clock } = hurried();
    const told: unknown[] = [];
    const watch = new BucketWatch<string>({
      clock,
      isConnected: () => false,
      open: async () => refused,
      onTrouble: (trouble) => void told.push(trouble),
      onEntry: (entry) => void told.push(entry),
    });
    watch.begin();
    await new Promise((resolve) => setImmediate(resolve));
    expect([told, pauses]).toEqual([[], []]);
  });
});

describe.skipIf(natsMissing !== undefined)("values that cannot be followed", () => {
  it("F64: where the server forbids to follow what others write, that is said, and nothing is decided by what was heard before", async () => {
    const permissions = '{ publish: { allow: [">"], deny: ["$JS.API.CONSUMER.>"] } }';
    const server = await startNatsServer({
      config: `authorization { users: [{ user: a, permissions: ${permissions} }] }\nno_auth_user: a`,
    });
    const link = openLink(server.url, "gateway");
    await untilState(link, "connected");
    const values = new SharedValues(link, systemClock, "homeport_test");
    const because = await new Promise((resolve) =>
      values.onState((state, why) => {
        if (state === "away") resolve(why?.message);
      }),
    );
    expect(because).toContain("homeport_test");
    expect(link.state().state).toBe("connected");
    expect(await values.change("k", () => "v")).toBe("away");
  });
});
