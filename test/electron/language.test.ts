// The desktop app's words: whose they are, and how figures read in them. That no others stand elsewhere: test/build/language.test.ts.
import { expect, test } from "vitest";
import { english } from "../../electron/language/en.ts";
import { wordsFor } from "../../electron/language/words.ts";

test("issue 6: a person hears the first of their languages that we speak, and English where we speak none", () => {
  for (const preferred of [["en-GB"], ["xx", "en"], ["xx-YY"], [""], []]) expect(wordsFor(preferred)).toBe(english);
});

test("figures read as English has them: one is one, and no minute is none", () => {
  const { tray, quit } = english;
  expect(tray.status.healthy({ well: 1, nodes: 1, warm: 2 })).toBe("Healthy: 1 of 1 node, 2 models loaded");
  expect([15, 60, 120].map(tray.forMinutes)).toEqual(["For 15 minutes", "For 1 hour", "For 2 hours"]);
  expect([0, 60_000, 7_140_000, 7_200_000].map(tray.status.pausedFor)).toEqual(
    ["less than a minute", "1 minute", "119 minutes", "2 hours"].map((left) => `Routing is paused for another ${left}`),
  );
  expect([quit.running(1), quit.running(2)]).toEqual(["One request is running.", "2 requests are running."]);
  expect([tray.leaving(1), tray.leaving(2)]).toEqual(["Finishing 1 request, then quitting", "Finishing 2 requests, then quitting"]);
});
