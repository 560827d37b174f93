// Several stages, one bar: it never goes back, and only the end is the end.
import fc from "fast-check";
import { expect, test } from "vitest";
import { RouterEvent } from "../../src-core/nodes/llama-server-shapes.ts";
import { ProgressBar } from "../../src-core/nodes/router-progress.ts";
import { routerEvents } from "./recorded-nodes.ts";

function barOf(events: readonly unknown[]): number[] {
  const told: number[] = [];
  const bar = new ProgressBar(({ fraction }) => told.push(fraction));
  for (const event of events) bar.update(RouterEvent.parse(event));
  return told;
}

test("one stage is the bar itself", () => {
  expect(barOf([routerEvents.loading, routerEvents.at(0), routerEvents.at(0.25), routerEvents.at(1), routerEvents.loaded])).toEqual([
    0, 0.25, 1,
  ]);
});

test("the weights take nearly all of the bar, later stages a fixed tail", () => {
  const stages = ["text_model", "mmproj_model"];
  const told = barOf([
    routerEvents.at(1, "text_model", stages),
    routerEvents.at(0.5, "mmproj_model", stages),
    routerEvents.at(1, "mmproj_model", stages),
  ]);
  expect(told.map((fraction) => Math.round(fraction * 1000))).toEqual([950, 975, 1000]);
});

test("the older spelling of the stage is understood", () => {
  expect(
    barOf([{ model: "m", event: "model_status", data: { status: "loading", progress: { stage: "text_model", value: 0.4 } } }]),
  ).toEqual([0.4]);
});

test("whatever a node sends, the bar never goes back and stays between 0 and 1", () => {
  const stage = fc.constantFrom("text_model", "mmproj_model", "draft_model", "unheard_of");
  const event = fc.record({
    value: fc.double({ min: -5, max: 5, noNaN: true }),
    current: stage,
    stages: fc.array(stage, { maxLength: 20 }),
  });
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const told = barOf(events.map(({ value, current, stages }) => routerEvents.at(value, current, stages)));
      expect(told).toEqual(told.toSorted((a, b) => a - b));
      for (const fraction of told) expect(fraction >= 0 && fraction <= 1).toBe(true);
    }),
  );
});
