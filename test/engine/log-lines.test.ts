// The log's lines of requests. Bugs: a busy second that writes a thousand lines, a failure that has none, a count that is lost with the process.
import { expect, it } from "vitest";
import type { EventOf } from "../../src-core/contract/events.ts";
import { fail } from "../../src-core/contract/failure.ts";
import { emptyFleet } from "../../src-core/domain/fleet.ts";
import { LogLines } from "../../src-core/engine/observers/log.ts";
import { noon, someFacts } from "../support/builders.ts";
import { FakeClock } from "../support/fake-clock.ts";

const facts = someFacts("tiny");
const finished: EventOf<"request-finished"> = {
  type: "request-finished",
  at: noon,
  request: facts.id,
  outcome: "ok",
  status: 200,
  facts,
  attempts: 1,
};

function aLog() {
  const clock = new FakeClock();
  const lines: string[] = [];
  const say = (fields: Readonly<Record<string, unknown>>, message: string) =>
    void lines.push(fields["requests"] === undefined ? message : `${fields["requests"]} ${message}`);
  const told = new LogLines({ info: say, warn: say, error: say }, clock);
  const happens = (event: EventOf<"request-finished">, times = 1) => {
    for (let n = 0; n < times; n += 1) told.observe(event, emptyFleet, emptyFleet);
  };
  return { clock, lines, told, happens };
}

it("a hundred requests a second have a line each; those beyond are counted in one, and the next second begins anew", () => {
  const { clock, lines, happens } = aLog();
  happens(finished, 250);
  expect(lines).toHaveLength(100);
  clock.advance(1_000);
  expect(lines.slice(100)).toEqual(["150 more requests, all answered"]);
  happens(finished);
  expect(lines.at(-1)).toBe("request");
  clock.advance(1_000);
  expect(lines).toHaveLength(102);
});

it("what failed, and what its client left, has its line however much happens", () => {
  const { lines, happens } = aLog();
  happens(finished, 150);
  happens({ ...finished, outcome: "failed", status: 502, failure: fail("upstream-unavailable", "attic is gone.") });
  happens({ ...finished, outcome: "client-gone", status: 499 });
  expect(lines).toHaveLength(102);
});

it("the count of the last second is told before the end", () => {
  const { lines, told, happens } = aLog();
  happens(finished, 101);
  told.stop();
  expect(lines.at(-1)).toBe("1 more requests, all answered");
});
