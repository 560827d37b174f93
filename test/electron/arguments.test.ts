// What a start may ask for: ours plainly, anybody else's only to show a place.
import fc from "fast-check";
import { expect, test } from "vitest";
import { placeOfLink, secondStart, startWishes } from "../../electron/arguments.ts";

test("our own flags are read among Chromium's, in any order", () => {
  expect(startWishes(["--no-sandbox", "--hidden", "--data", "/tmp/x", "--demo", "--no-discover"])).toEqual({
    demo: true,
    hidden: true,
    discover: false,
    data: "/tmp/x",
  });
  expect(startWishes(["--data=/tmp/y"])).toEqual({ demo: false, hidden: false, discover: true, data: "/tmp/y" });
  expect(startWishes(["--data", "--hidden"])).toEqual({ demo: false, hidden: true, discover: true });
});

test("S-62: a link shows a page or a node, and every other spelling is no link of ours", () => {
  expect(placeOfLink("homeport://settings")).toEqual({ page: "settings" });
  expect(placeOfLink("homeport://connect/")).toEqual({ page: "connect" });
  expect(placeOfLink("HOMEPORT://nodes/studio")).toEqual({ node: "studio" });
  for (const link of [
    "homeport://unload/studio",
    "homeport://nodes/a/b",
    "homeport://nodes/..%2f..",
    "homeport://nodes/%00",
    "homeport://settings/x",
    "homeport://settings?change=1",
    "homeport://settings#x",
    "homeport://user@settings",
    "homeport://settings:80",
    "homeport:settings",
    "https://settings",
    `homeport://nodes/${"a".repeat(400)}`,
    "javascript:alert(1)",
    "",
    undefined,
    7,
  ])
    expect([link, placeOfLink(link)]).toEqual([link, undefined]);
});

test("S-62: a second start can only show the window; a second entry at login shows nothing", () => {
  expect(secondStart(["homeport", "--demo", "--data", "/etc"])).toEqual({ show: true });
  expect(secondStart(["homeport", "--hidden"])).toEqual({ show: false });
  expect(secondStart(["homeport", "homeport://nodes/studio"])).toEqual({ show: true, place: { node: "studio" } });
  expect(secondStart(["homeport", "homeport://evil/studio"])).toEqual({ show: true });
});

test("S-62: whatever arrives, the answer is one of these and nothing throws", () => {
  const text = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.string().map((rest) => `homeport://${rest}`),
    fc.constant("--hidden"),
  );
  fc.assert(
    fc.property(fc.oneof(fc.array(text), fc.anything()), (argv) => {
      const answer = secondStart(argv);
      expect(Object.keys(answer).every((key) => key === "show" || key === "place")).toBe(true);
      if (answer.show && answer.place !== undefined && "node" in answer.place) {
        expect(answer.place.node).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/);
      }
    }),
    { numRuns: 2_000 },
  );
});
