// The draft of the routing: steps, problems, names, merging, and the way it is written.
import { expect, test } from "vitest";
import { asWritten } from "../../renderer/routing/as-written.ts";
import {
  changed,
  changedSections,
  discarded,
  newDraft,
  rebased,
  redone,
  routingOf,
  saved,
  toSave,
  undone,
} from "../../renderer/routing/draft.ts";
import { problemsIn, refusalOf } from "../../renderer/routing/draft-problems.ts";
import { nameProblem, withPolicyRenamed, withProfileRenamed } from "../../renderer/routing/names.ts";
import { differenceAt, same } from "../../renderer/routing/same.ts";
import { fail } from "../../src-core/contract/failure.ts";
import { Profile } from "../../src-core/contract/routing.ts";
import { RoutingDocument } from "../../src-core/contract/routing-document.ts";
import { sampleSettings } from "../support/sample-snapshot.ts";

const document = routingOf(sampleSettings.config);
const withChain = (from: RoutingDocument, chain: string[]): RoutingDocument => ({
  ...from,
  profiles: { ...from.profiles, coder: Profile.parse({ ...from.profiles["coder"], chain }) },
});
const chainOf = ({ profiles }: RoutingDocument) => profiles["coder"]?.chain;

test("issue 6: undo takes back one step, redo brings it again, and a new change ends what could be redone", () => {
  const one = changed(newDraft(document), withChain(document, ["a"]), 0);
  const two = changed(one, withChain(document, ["a", "b"]), 10);
  expect(chainOf(undone(two).now)).toEqual(["a"]);
  expect(same(undone(undone(two)).now, document)).toBe(true);
  expect(undone(undone(undone(two)))).toEqual(undone(undone(two)));
  expect(chainOf(redone(undone(two)).now)).toEqual(["a", "b"]);
  expect(changed(undone(two), withChain(document, ["c"]), 20).future).toEqual([]);
});

test("issue 6: typing in one field is one step, until it pauses or another field is typed in", () => {
  let draft = newDraft(document);
  for (const [at, text] of ["q", "qw", "qwe"].entries()) draft = changed(draft, withChain(document, [text, "quick"]), at * 100);
  expect(draft.past).toHaveLength(1);
  draft = changed(draft, withChain(document, ["qwen", "quick"]), 5_000);
  expect(draft.past).toHaveLength(2);
  draft = changed(draft, withChain(document, ["qwen", "quic"]), 5_100);
  expect(draft.past).toHaveLength(3);
});

test("issue 6: discarding can be taken back; a change that changes nothing is no step", () => {
  const draft = changed(newDraft(document), withChain(document, ["a"]), 0);
  expect(changedSections(discarded(draft))).toEqual([]);
  expect(chainOf(undone(discarded(draft)).now)).toEqual(["a"]);
  expect(changed(draft, structuredClone(draft.now), 1)).toBe(draft);
});

test("issue 6: only changed sections are saved, beside what was read; a section back at its default is taken out", () => {
  const draft = changed(newDraft(document), { ...withChain(document, ["a"]), defaultProfile: undefined, rules: undefined }, 0);
  const { change, read } = toSave(draft);
  expect(Object.keys(change).sort()).toEqual(["defaultProfile", "profiles", "rules"]);
  expect(change).toMatchObject({ defaultProfile: null, rules: null });
  expect(read["profiles"]).toBe(document.profiles);
});

test("issue 6: what somebody else saved meanwhile is merged entry by entry, also into every step of undo", () => {
  const draft = changed(newDraft(document), withChain(document, ["mine"]), 0);
  const theirs = { ...document, profiles: { ...document.profiles, theirs: Profile.parse({ requires: "vision" }) } };
  const merged = rebased(draft, theirs);
  expect(chainOf(merged.now)).toEqual(["mine"]);
  expect(merged.now.profiles).toHaveProperty("theirs");
  expect(undone(merged).now.profiles).toHaveProperty("theirs");
  expect(merged.contested).toEqual([]);
  expect(changedSections(undone(merged))).toEqual([]);
});

test("issue 6: where both changed one entry the draft keeps its own and tells it: nothing is lost in silence", () => {
  const draft = changed(newDraft(document), withChain(document, ["mine"]), 0);
  const merged = rebased(draft, withChain(document, ["theirs"]));
  expect(chainOf(merged.now)).toEqual(["mine"]);
  expect(merged.contested).toEqual(["profiles.coder"]);
  expect(rebased(draft, withChain(document, ["mine"])).contested).toEqual([]);
  expect(changedSections(saved(merged, merged.now, structuredClone(merged.now)))).toEqual([]);
  expect(discarded(merged).contested).toEqual([]);
});

test("issue 6: what was typed while it was being saved stays as a new draft, and steps before it can still be taken back", () => {
  const sent = changed(newDraft(document), withChain(document, ["one"]), 0);
  const typedOn = changed(sent, withChain(document, ["one", "two"]), 10);
  const after = saved(typedOn, sent.now, structuredClone(sent.now));
  expect(chainOf(after.now)).toEqual(["one", "two"]);
  expect(chainOf(after.base)).toEqual(["one"]);
  expect(changedSections(after)).toEqual(["profiles"]);
  expect(same(undone(undone(after)).now, document)).toBe(true);
});

test("a profile that somebody removed elsewhere goes, unless it was changed here", () => {
  const { coder: _, ...others } = document.profiles;
  const theirs = { ...document, profiles: others };
  expect(rebased(newDraft(document), theirs).now.profiles).not.toHaveProperty("coder");
  const kept = rebased(changed(newDraft(document), withChain(document, ["mine"]), 0), theirs);
  expect(chainOf(kept.now)).toEqual(["mine"]);
  expect(kept.contested).toEqual(["profiles.coder"]);
});

test("issue 6: what is written leaves defaults out and reads back as the same document", () => {
  const written = asWritten(document);
  expect(written["profiles"]).toEqual({
    coder: { chain: ["Qwen3-Coder-30B-A3B-Instruct-Q4_K_M", "quick"], timeoutMs: 60_000, gate: { refusal: true }, fallback: "quick" },
    quick: { requires: "llm", prefer: ["qwen3*", "*"], policy: "fastest", cloud: true },
  });
  expect(written).not.toHaveProperty("catalogue");
  expect(written).not.toHaveProperty("policy");
  expect(same(RoutingDocument.parse(written), document)).toBe(true);
  expect(JSON.stringify(asWritten(RoutingDocument.parse({})))).toBe("{}");
});

test("issue 6: problems are told at their fields in words, references and shapes alike", () => {
  expect(problemsIn(document).size).toBe(0);
  const profile = Profile.parse({ chain: ["a"] });
  const wrong: RoutingDocument = {
    ...document,
    profiles: {
      ...document.profiles,
      bad: { ...profile, chain: [""], fallback: "quik", timeoutMs: 5 },
      loop: { ...profile, chain: ["loop"] },
    },
    policies: { none: [] },
    rules: [{ id: "code", when: { codeFenceRatioAtLeast: 1.5 }, use: "quick" }],
  };
  const problems = problemsIn(wrong);
  expect(problems.get("profiles.bad.chain.0")).toBe("Write something here.");
  expect(problems.get("profiles.bad.timeoutMs"), "in seconds, as its field counts").toBe("At least 0.1.");
  expect(problems.get("rules.0.when.codeFenceRatioAtLeast"), "per cent").toBe("At most 100.");
  expect(problems.get("profiles.bad.fallback")).toBe('Expected the name of a profile (did you mean "quick"?).');
  expect(problems.get("profiles.loop")).toBe("Expected profiles that lead to an end, not loop → loop.");
  expect(problems.get("policies.none")).toBe("Choose at least one.");
  const policy = problemsIn({ ...document, profiles: { ...document.profiles, p: { ...profile, policy: [] } } });
  expect(policy.get("profiles.p.policy")).toBe("Choose at least one.");
});

test("the engine's refusal stands at the field it names", () => {
  expect([...refusalOf(fail("invalid-request", "No.", { field: "budgets[0].id" }))]).toEqual([["budgets.0.id", "No."]]);
  expect([...refusalOf(fail("internal", "No."))]).toEqual([["", "No."]]);
});

test("a renamed profile keeps everybody who leans on it, and a renamed policy too", () => {
  const renamed = withProfileRenamed(document, "quick", "fast");
  expect(problemsIn(renamed).size).toBe(0);
  expect(JSON.stringify(renamed)).not.toContain('"quick"');
  expect(Object.keys(renamed.profiles)).toEqual(["coder", "fast"]);
  const leaning = { ...document, policy: "quiet" };
  expect(problemsIn(withPolicyRenamed(leaning, "quiet", "calm")).size).toBe(0);
});

test("names that cannot be are told before they are taken", () => {
  expect(nameProblem("", [])).toBeDefined();
  expect(nameProblem("two words", [])).toBeDefined();
  expect(nameProblem("Auto", [])).toContain("auto");
  expect(nameProblem("CODER", ["coder"])).toBe("There is “coder” already.");
  expect(nameProblem("coder-2", ["coder"])).toBeUndefined();
});

test("where two documents differ is told as one place, or as the nearest that holds all of it", () => {
  expect(differenceAt(document, withChain(document, ["x", "quick"]))).toEqual(["profiles", "coder", "chain", "0"]);
  expect(differenceAt({ a: { b: 1, c: 2 } }, { a: { b: 2, c: 3 } })).toEqual(["a"]);
  expect(same({ a: 1, b: undefined }, { a: 1 })).toBe(true);
  expect(same([1], { 0: 1 })).toBe(false);
});
