// A kind of news that is switched off is told to nobody and still stands in the inbox.
import { expect, it } from "vitest";
import type { Notice } from "../../src-core/contract/api.ts";
import { defaultConfig } from "../../src-core/contract/config.ts";
import { NodeId } from "../../src-core/contract/ids.ts";
import { switchFor } from "../../src-core/domain/notices.ts";
import { Notices } from "../../src-core/engine/observers/notices.ts";
import { FakeClock } from "../support/fake-clock.ts";

const news = (kind: Notice["kind"]) => ({ kind, title: kind, body: "", node: NodeId.parse("a"), urgent: false });

it("UX-21: what is switched off is not told, and is in the inbox all the same", () => {
  const told: string[] = [];
  const switches = { ...defaultConfig.notifications, budgets: false };
  const notices = new Notices(new FakeClock(), () => switches);
  notices.onNotice(({ kind }) => told.push(kind));
  notices.add(news("budget-warning"));
  notices.add(news("pull-finished"));
  expect(told).toEqual(["pull-finished"]);
  expect(notices.inbox.map(({ kind }) => kind)).toEqual(["budget-warning", "pull-finished"]);
});

it("ux.md decision 7: each switch silences its own kinds and no other", () => {
  for (const [kind, name] of Object.entries(switchFor)) {
    const told: Notice["kind"][] = [];
    const notices = new Notices(new FakeClock(), () => ({ ...defaultConfig.notifications, [name]: false }));
    notices.onNotice((notice) => told.push(notice.kind));
    for (const other of ["breaker-opened", "load-failed", "pull-failed", "budget-exhausted", "unload-stuck", "port-moved"] as const)
      notices.add(news(other));
    expect(told, kind).toHaveLength(5);
    expect(told.map((one) => switchFor[one])).not.toContain(name);
  }
});
