// What a notification may say, whoever made it.
import { expect, it } from "vitest";
import { defaultConfig } from "../../src-core/contract/config.ts";
import type { EngineEvent } from "../../src-core/contract/events.ts";
import { fail } from "../../src-core/contract/failure.ts";
import { LoadId, ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { emptyFleet } from "../../src-core/domain/fleet.ts";
import { Notices } from "../../src-core/engine/observers/notices.ts";
import { FakeClock } from "../support/fake-clock.ts";

const endless = "word ".repeat(400);

it("UX-23: no text is longer than old systems show whole, whoever made the notice, and what was cut says so", () => {
  const notices = new Notices(new FakeClock(), () => defaultConfig.notifications);
  const failed: EngineEvent = {
    type: "load-finished",
    at: 0,
    load: LoadId.parse("l"),
    node: NodeId.parse("attic"),
    model: ModelId.parse("m"),
    by: "user",
    ms: 1,
    contextTokens: undefined,
    failure: fail("load-failed", endless),
  };
  notices.observe(failed, emptyFleet, emptyFleet);
  notices.observe({ type: "config-rejected", at: 0, failure: fail("invalid-request", endless) }, emptyFleet, emptyFleet);
  notices.add({ kind: "port-moved", title: endless, body: endless, urgent: false });
  expect(notices.inbox).toHaveLength(3);
  for (const { title, body } of notices.inbox) {
    expect([body.length < 200, title.length < 100, body.endsWith("…")]).toEqual([true, true, true]);
  }
});
