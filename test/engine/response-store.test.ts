// What is kept of answers: bounded, oldest out first, and nobody's but its owner's.
import fc from "fast-check";
import { expect, it } from "vitest";
import { type KeptResponse, ResponseStore } from "../../src-core/engine/response-store.ts";

const kept = (id: string, client?: string, size = 0): KeptResponse => ({
  id,
  client,
  input: "x".repeat(size),
  response: "",
  items: [`item-of-${id}`],
});

it("the oldest goes first, by count; its items with it", () => {
  const store = new ResponseStore({ count: 2, bytes: 1_000_000 });
  for (const id of ["a", "b", "c"]) store.keep(kept(id));
  expect([store.find("a", undefined), store.withItem("item-of-a", undefined)]).toEqual([undefined, undefined]);
  expect([store.find("b", undefined)?.id, store.withItem("item-of-c", undefined)?.id]).toEqual(["b", "c"]);
});

it("the oldest goes first, by bytes; one that alone is too large pushes nobody out", () => {
  const store = new ResponseStore({ count: 100, bytes: 2_000 });
  store.keep(kept("a", undefined, 400));
  store.keep(kept("b", undefined, 400));
  store.keep(kept("huge", undefined, 2_000));
  expect(store.count).toBe(2);
  store.keep(kept("c", undefined, 400));
  expect([store.find("a", undefined), store.find("b", undefined)?.id]).toEqual([undefined, "b"]);
});

it("another key neither finds, nor forgets, nor overwrites what is not its own", () => {
  const store = new ResponseStore();
  store.keep(kept("a", "anna", 5));
  store.keep(kept("a", "ben", 9));
  for (const client of ["ben", undefined]) {
    expect(store.find("a", client)).toBeUndefined();
    expect(store.withItem("item-of-a", client)).toBeUndefined();
    expect(store.forget("a", client)).toBe(false);
  }
  expect(store.find("a", "anna")?.input).toHaveLength(5);
  expect(store.forget("a", "anna")).toBe(true);
  expect([store.count, store.bytes]).toEqual([0, 0]);
});

it("whatever is kept and forgotten, the bounds hold and the bytes are those of what is there", () => {
  const step = fc.tuple(fc.constantFrom("keep", "forget"), fc.constantFrom("a", "b", "c", "d"), fc.nat({ max: 300 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const store = new ResponseStore({ count: 3, bytes: 900 });
      for (const [what, id, size] of steps) {
        if (what === "keep") store.keep(kept(id, undefined, size));
        else store.forget(id, undefined);
        expect(store.count).toBeLessThanOrEqual(3);
        expect(store.bytes).toBeLessThanOrEqual(900);
      }
      for (const id of ["a", "b", "c", "d"]) store.forget(id, undefined);
      expect(store.bytes).toBe(0);
    }),
  );
});
