// Notifications are rare: coalesced, quiet after the first, and a closing is told only if its opening was (ux.md 4, UX-18).
import { describe, expect, it } from "vitest";
import { breakerClosed, breakerOpened, due, noNotices } from "../../src-core/domain/notices.ts";
import { aNode, noon } from "../support/builders.ts";

const open = (id: string) =>
  aNode(id, [], {
    breaker: { state: "open", openedAt: noon, until: noon + 1, trips: 1, because: "connect-failed", says: "Connection refused." },
  });

describe("breaker notices", () => {
  it("one node: who, why and what traffic does now", () => {
    const { notice } = due(breakerOpened(noNotices, open("studio"), true, noon), noon + 5_000);
    expect(notice).toMatchObject({ kind: "breaker-opened", node: "studio", urgent: false });
    expect(notice?.body).toContain("Requests go to other nodes");
  });

  it("several within five seconds are one summary", () => {
    let state = noNotices;
    for (const id of ["a", "b", "c", "d"]) state = breakerOpened(state, open(id), false, noon);
    const { notice } = due(state, noon + 5_000);
    expect(notice).toMatchObject({ title: "4 nodes are out of service", urgent: true });
    expect(notice?.body.length).toBeLessThan(200);
  });

  it("UX-18, F28: a node that flaps 100 times in 10 minutes is announced at most twice", () => {
    let state = noNotices;
    let told = 0;
    for (let i = 0; i < 100; i++) {
      const now = noon + i * 6_000;
      state = breakerOpened(state, open("a"), true, now);
      const opened = due(state, now + 5_000);
      const closed = breakerClosed(opened.state, aNode("a"), now + 5_500);
      state = closed.state;
      told += (opened.notice === undefined ? 0 : 1) + (closed.notice === undefined ? 0 : 1);
    }
    expect(told).toBeLessThanOrEqual(2);
  });

  it("a breaker that closes before its opening was told is no news at all", () => {
    const { state, notice } = breakerClosed(breakerOpened(noNotices, open("a"), true, noon), aNode("a"), noon + 1_000);
    expect(notice).toBeUndefined();
    expect(due(state, noon + 5_000).notice).toBeUndefined();
  });

  it("after five well minutes it is news again", () => {
    const first = due(breakerOpened(noNotices, open("a"), true, noon), noon + 5_000).state;
    const well = breakerClosed(first, aNode("a"), noon + 10_000).state;
    const again = breakerOpened(well, open("a"), true, noon + 10_000 + 5 * 60_000);
    expect(due(again, noon + 320_000).notice).toBeDefined();
  });
});
