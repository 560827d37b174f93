// Times of day in a zone whose clocks are changed: Berlin skips 02:00 to 03:00 on 29 March 2026 and has it twice on 25 October.
import { describe, expect, it } from "vitest";
import { QuietHours, WarmAt } from "../../src-core/contract/node-hours.ts";
import { comesDue, isQuiet, quietUntil, wallClock, wallMinutes } from "../../src-core/domain/local-time.ts";

const berlin = wallClock("Europe/Berlin");
const at = (text: string) => new Date(text).getTime();
const nights = [QuietHours.parse({ from: "22:30", to: "07:00" })];

describe("demands 21: quiet hours", () => {
  it.each([
    ["2026-11-21T22:29:00+01:00", false],
    ["2026-11-21T22:30:00+01:00", true],
    ["2026-11-22T06:59:00+01:00", true],
    ["2026-11-22T07:00:00+01:00", false],
    ["2026-07-01T22:29:00+02:00", false],
    ["2026-07-01T22:30:00+02:00", true],
  ])("pass midnight and follow summer time: %s", (when, quiet) => {
    expect(isQuiet(nights, berlin(at(when)))).toBe(quiet);
  });

  it("belong to the day on which they begin", () => {
    const friday = [QuietHours.parse({ from: "22:00", to: "02:00", days: ["fri"] })];
    expect(isQuiet(friday, berlin(at("2026-11-20T23:00:00+01:00")))).toBe(true);
    expect(isQuiet(friday, berlin(at("2026-11-21T01:59:00+01:00")))).toBe(true);
    expect(isQuiet(friday, berlin(at("2026-11-21T23:00:00+01:00")))).toBe(false);
    expect(isQuiet(friday, berlin(at("2026-11-20T01:00:00+01:00")))).toBe(false);
  });

  it("end an hour of real time sooner in the night that is short, and later in the one that is long", () => {
    const before = at("2026-03-28T23:00:00+01:00");
    expect(quietUntil(nights, before, berlin)).toBe(at("2026-03-29T07:00:00+02:00"));
    expect((quietUntil(nights, before, berlin) ?? 0) - before).toBe(7 * 3_600_000);
    const long = at("2026-10-24T23:00:00+02:00");
    expect((quietUntil(nights, long, berlin) ?? 0) - long).toBe(9 * 3_600_000);
  });

  it("without any there is nothing to wait for; all day, every day is looked at again after a week", () => {
    expect(quietUntil([], at("2026-11-21T23:00:00+01:00"), berlin)).toBeUndefined();
    expect(quietUntil(nights, at("2026-11-21T12:00:00+01:00"), berlin)).toBeUndefined();
    const always = [QuietHours.parse({ from: "00:00", to: "00:00" })];
    const now = at("2026-11-21T12:00:00+01:00");
    expect(quietUntil(always, now, berlin)).toBe(now + 7 * 86_400_000);
  });
});

describe("demands 21: warm before work", () => {
  const work = WarmAt.parse({ model: "m", at: "08:45", days: ["mon", "tue", "wed", "thu", "fri"] });
  /** Every due moment while the wall is looked at each minute. */
  const due = (wish: WarmAt, from: string, until: string, leadMinutes = 0) => {
    const found: string[] = [];
    let seen = wallMinutes(berlin(at(from)));
    for (let now = at(from) + 60_000; now <= at(until); now += 60_000) {
      const wall = berlin(now);
      if (comesDue(wish, seen, wall, leadMinutes)) found.push(new Date(now).toISOString());
      seen = Math.max(seen, wallMinutes(wall));
    }
    return found;
  };

  it("comes due once a working day, so much earlier as loading takes", () => {
    expect(due(work, "2026-11-20T06:00:00+01:00", "2026-11-23T12:00:00+01:00", 5)).toEqual([
      "2026-11-20T07:40:00.000Z",
      "2026-11-23T07:40:00.000Z",
    ]);
  });

  it("begins on the day before what is to be ready just after midnight", () => {
    const early = WarmAt.parse({ model: "m", at: "00:05", days: ["sat"] });
    expect(due(early, "2026-11-20T20:00:00+01:00", "2026-11-21T06:00:00+01:00", 10)).toEqual(["2026-11-20T22:55:00.000Z"]);
  });

  it("comes due where its minute is skipped in spring, and only once where it comes twice in autumn", () => {
    const night = WarmAt.parse({ model: "m", at: "02:30" });
    expect(due(night, "2026-03-29T01:30:00+01:00", "2026-03-29T05:00:00+02:00")).toEqual(["2026-03-29T01:00:00.000Z"]);
    expect(due(night, "2026-10-25T01:30:00+02:00", "2026-10-25T05:00:00+01:00")).toEqual(["2026-10-25T00:30:00.000Z"]);
  });

  it("is not made up for hours later, when this computer wakes", () => {
    const seen = wallMinutes(berlin(at("2026-11-20T06:00:00+01:00")));
    expect(comesDue(work, seen, berlin(at("2026-11-20T09:30:00+01:00")), 0)).toBe(true);
    expect(comesDue(work, seen, berlin(at("2026-11-20T11:00:00+01:00")), 0)).toBe(false);
  });
});
