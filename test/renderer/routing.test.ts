import { expect, test } from "vitest";
import { words } from "../../renderer/language/words.ts";
import { phaseTimes } from "../../renderer/phases.ts";
import { budgetFigures, scopeSays, spentSays } from "../../renderer/routing/budget-figures.ts";
import { decisiveFor } from "../../renderer/routing/decisive.ts";
import { asCall, askableNames, firstName, policyNames } from "../../renderer/routing/question.ts";
import { answerSays, levelSays, rejectionSays } from "../../renderer/routing/reasons.ts";
import { clientLimits, matcherSays, profileLimits, profileSays } from "../../renderer/routing/rule-words.ts";
import { Config } from "../../src-core/contract/config.ts";
import { Rejection } from "../../src-core/contract/route.ts";
import { Budget, PreferenceName } from "../../src-core/contract/routing.ts";
import { aFleet, aModel, aNode } from "../support/builders.ts";
import { sampleActivity } from "../support/sample-activity.ts";
import { sampleExplanation } from "../support/sample-explanation.ts";
import { sampleSettings } from "../support/sample-snapshot.ts";

const { resolution, room } = words.routing.reasons;
const limit = (more: object) => Budget.parse({ id: "b", per: "day", ...more });

test("UX-14: every preference has words of its own; an engine newer than the window is still told, not crashed on", () => {
  for (const preference of PreferenceName.options) {
    const says = [0, 1].map((value) => levelSays(preference, value));
    expect(says.join(), preference).not.toMatch(/undefined|NaN|Infinity/);
  }
  expect(levelSays("moon-phase", 3)).toBe("moon-phase 3");
});

test("UX-14: values that stand for “not known” are told as such, not as astronomical figures", () => {
  expect(levelSays("cheapest", Number.MAX_VALUE)).toBe("price unknown");
  expect(levelSays("fits", 0.4999785)).toBe("has room");
  expect(levelSays("fits", 5.3)).toBe("room after waiting");
  expect(levelSays("cheapest", 0)).toBe("free");
  expect(levelSays("cheapest", 0.26)).toBe("$0.26 per M tokens");
  expect(levelSays("priority", Number.MAX_SAFE_INTEGER)).toBe("not in your list");
  expect(levelSays("biggest", -0)).toBe("size unknown");
  expect(levelSays("biggest", -8.5e9)).toBe("8.5 GB");
});

test("UX-14: the estimate behind “fastest” is told as the time it stands for (quarter doublings of milliseconds)", () => {
  const steps = Math.round(Math.log2(1 + 4_200) * 4);
  expect(levelSays("fastest", steps)).toMatch(/^about (3\.[5-9]|4\.\d) s an answer$/);
});

test("UX-06: a room verdict is told with its numbers and who told the need; without numbers it claims none", () => {
  expect(room({ verdict: "fits", needBytes: 5.9e9, needSource: "measured", freeBytes: 8e9, evict: [] })).toBe(
    "Fits: needs 5.9 GB (measured), 8.0 GB free",
  );
  expect(room({ verdict: "unknown", evict: [] })).toBe("Room unknown");
  expect(room({ verdict: "too-big", needBytes: 9e9, freeBytes: -1e9, evict: [] })).toContain("0 GB free");
});

test("UX-14: every rejection of the closed vocabulary has its own two words", () => {
  const told = Rejection.options.map(rejectionSays);
  expect(new Set(told).size).toBe(Rejection.options.length);
});

test("UX-14: the answer names the node as the person named it, and a failure is told in the engine's own sentence", () => {
  expect(answerSays(sampleExplanation, () => "The rack")).toBe("The rack would serve it: already loaded.");
  expect(answerSays({ ...sampleExplanation, next: { do: "fail", says: "Nobody can." } }, String)).toBe("Nobody can.");
  expect(answerSays({ ...sampleExplanation, next: { ...sampleExplanation.next, do: "wait" } }, String)).toBe(
    "It would wait for a turn on rack: already loaded.",
  );
});

test("UX-14: what a name came to mean is told with the word that decided", () => {
  const link = { model: "m" };
  expect(resolution("auto", { chain: [link], because: "rule", rule: "code" })).toBe("“auto” means m: the rule code matched.");
  expect(resolution("x", { chain: [link], because: "alias", profile: "p" })).toBe("“x” means the profile p: it is an alias.");
});

test("a body names the model and the profile where the field above is empty, and anything but an object is told in a sentence", () => {
  const ask = (name: string, body: string) => asCall({ name, body, policy: "", dialect: "openai" });
  expect(ask("", "")).toBeUndefined();
  expect(ask(" m ", "")).toEqual({ input: { model: "m" } });
  expect(ask("", '{"model":"b","profile":"p"}')).toMatchObject({ input: { model: "b", profile: "p" } });
  expect(ask("m", "[1]")).toEqual({ says: "A request body is a JSON object: { … }." });
  expect(ask("m", "{")).toMatchObject({ says: expect.stringContaining("This is not JSON") });
  expect(ask("", "{}")).toMatchObject({ says: expect.stringContaining("names no model") });
  expect(ask("m", `{"a":"${"x".repeat(200_001)}"}`)).toMatchObject({ says: expect.stringContaining("longer") });
});

test("each name is offered once, whatever its spelling on several nodes; a profile comes first and is what the page begins with", () => {
  const fleet = aFleet([aNode("a", [aModel("Llama:8b")]), aNode("b", [aModel("llama:8b", "warm"), aModel("other")])]);
  const config = Config.parse({ profiles: { coder: { chain: ["big"] } }, aliases: { other: "coder" } });
  expect(askableNames(fleet, config).map(({ name }) => name)).toEqual(["coder", "other", "auto", "llama:8b"]);
  expect(firstName(fleet, config)).toBe("coder");
  expect(firstName(fleet, undefined)).toBe("llama:8b");
  expect(firstName(aFleet([]), undefined)).toBe("");
  expect(policyNames(Config.parse({ policies: { quiet: ["warm"], fastest: ["name"] } }))).toHaveLength(7);
});

test("issue 3: a budget warns at 80 % with what is set aside counted, is over at its limit, and a limit of nothing is used up", () => {
  const spend = { window: "2026-11", usd: 3, tokens: 50, reservedUsd: 1, reservedTokens: 20 };
  expect(budgetFigures(limit({ usd: 5 }), spend)).toMatchObject({ share: 0.8, state: "near" });
  expect(budgetFigures(limit({ usd: 5.01 }), spend).state).toBe("fine");
  expect(budgetFigures(limit({ tokens: 70 }), spend)).toMatchObject({ unit: "tokens", spent: 50, reserved: 20, state: "over" });
  expect(budgetFigures(limit({ usd: 0 }), undefined)).toMatchObject({ share: 1, state: "over" });
  expect(budgetFigures(limit({ usd: 5 }), undefined)).toMatchObject({ spent: 0, state: "fine" });
  expect(spentSays(budgetFigures(limit({ tokens: 200_000 }), spend))).toBe("50 of 200,000 tokens");
  expect(scopeSays(limit({ usd: 1 }).scope)).toBe("everything");
});

test("S: what is told of a client key never holds the key or where it is kept", () => {
  const client = sampleSettings.config.clients[0];
  if (client === undefined) throw new Error("the sample has no client");
  expect(clientLimits(client)).toEqual(["qwen3*", "batch lane", "30 a minute", "stays in the house"]);
});

test("rules and profiles are told in short phrases, each condition once", () => {
  const { profiles, rules = [] } = sampleSettings.config;
  expect(rules.map(({ when }) => matcherSays(when))).toEqual(["has an image", "about 24,000 tokens or more"]);
  expect(matcherSays({ tokensAtLeast: 0 })).toBe("anything");
  const { coder, quick } = profiles;
  if (coder === undefined || quick === undefined) throw new Error("the sample has no profiles");
  expect([profileSays(coder), profileSays(quick)]).toEqual([
    "Qwen3-Coder-30B-A3B-Instruct-Q4_K_M, then quick",
    "any llm model, first qwen3*",
  ]);
  expect(profileLimits(coder)).toEqual(["60 s for each answer", "checks refusals", "falls back to quick", "stays in the house"]);
});

test("UX-14: a phase that was not measured is left out; those that were add up to the whole", () => {
  const row = sampleActivity.find(({ id }) => id === "r1");
  if (row === undefined) throw new Error("the sample lost its row");
  expect(phaseTimes(row)).toEqual([
    ["Sent after", "20 ms"],
    ["First byte after", "380 ms"],
    ["Answer", "3.8 s"],
    ["In all", "4.2 s"],
  ]);
  const { firstByteAt: _first, finishedAt: _finished, ...early } = row;
  expect(phaseTimes({ ...early, attempts: [] })).toEqual([]);
});

test("UX-14: each row marks what put it behind the row above, not what decided between the first two", () => {
  const [link] = sampleExplanation.links;
  const [rack, studio] = link?.candidates ?? [];
  if (link === undefined || rack === undefined || studio === undefined) throw new Error("the sample lost its candidates");
  const far = { ...studio, levels: studio.levels.map((level) => (level.preference === "local-first" ? { ...level, value: 2 } : level)) };
  const three = { candidates: [rack, studio, far], decidedBy: "warm" };
  expect([0, 1, 2].map((at) => decisiveFor(three, at))).toEqual(["warm", "warm", "local-first"]);
  expect(decisiveFor({ candidates: [studio, rack], decidedBy: "preferred" }, 1)).toBeUndefined();
  expect(decisiveFor({ candidates: [rack, rack], decidedBy: "order" }, 1)).toBeUndefined();
});
