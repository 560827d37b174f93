// The fake clock keeps its promises: everything timed in other suites rests on it.
import { expect, test } from "vitest";
import { FakeClock } from "../support/fake-clock.ts";

test("timers fire in due order, equal ones in the order made, and a bug that reorders them is caught", () => {
  const clock = new FakeClock();
  const fired: string[] = [];
  clock.after(20, () => fired.push("late"));
  clock.after(10, () => fired.push("first"));
  clock.after(10, () => fired.push("second"));
  clock.advance(20);
  expect(fired).toEqual(["first", "second", "late"]);
});

test("a timer made inside a callback fires within the same advance when it is due, at its own instant", () => {
  const clock = new FakeClock();
  const at: number[] = [];
  clock.after(5, () => clock.after(5, () => at.push(clock.monotonic())));
  clock.advance(30);
  expect(at).toEqual([10]);
  expect(clock.monotonic()).toBe(30);
});

test("a cancelled timer never fires and no longer counts as sleeping", () => {
  const clock = new FakeClock();
  const cancel = clock.after(5, () => expect.unreachable());
  cancel();
  expect(clock.pending).toEqual([]);
  clock.advance(10);
});

test("sleeping waits for a timer that is made later, so an advance cannot come too early", async () => {
  const clock = new FakeClock();
  let woken = false;
  queueMicrotask(() => clock.after(100, () => (woken = true)));
  await clock.sleeping(1);
  clock.advance(99);
  expect(woken).toBe(false);
  clock.advance(1);
  expect(woken).toBe(true);
});

test("sleepingFor ignores timers of another length", async () => {
  const clock = new FakeClock();
  clock.after(5, () => undefined);
  let seen = false;
  const waiting = clock.sleepingFor(100).then(() => (seen = true));
  clock.after(50, () => undefined);
  await Promise.resolve();
  expect(seen).toBe(false);
  clock.after(100, () => undefined);
  await waiting;
  expect(seen).toBe(true);
});
