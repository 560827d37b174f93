// The house's models as one list, and who has what (demands 23).
import { describe, expect, it } from "vitest";
import { cellOf, columnsOf, linesOf, matchesLine, missingOn } from "../../renderer/library/lines.ts";
import { percent, pullSays } from "../../renderer/library/pull-words.ts";
import { fail } from "../../src-core/contract/failure.ts";
import type { Node } from "../../src-core/contract/fleet.ts";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import type { Pull } from "../../src-core/contract/pulls.ts";
import { aModel, aNode } from "../support/builders.ts";

const fetches = (node: Node): Node => ({ ...node, kind: "ollama", can: { ...node.can, pull: true } });
const a = fetches(aNode("a", [aModel("llama3.2:3b", "warm", { digest: "one", bytes: 2e9 }), aModel("only-a:1b", "cold", { bytes: 4e9 })]));
const b = fetches(aNode("b", [aModel("llama3.2:3b", "cold", { digest: "one", bytes: 2e9 })]));
const c = fetches(aNode("c", [aModel("Llama3.2:3b", "cold", { digest: "two", bytes: 2.1e9 })]));
const d: Node = { ...aNode("d", []), kind: "vllm" };
const nodes = { a, b, c, d };
const line = (key: string) => {
  const found = linesOf({ nodes }).find((one) => one.key === key);
  if (found === undefined) throw new Error(`no line ${key}`);
  return found;
};
const pull = (more: Partial<Pull> = {}): Pull => ({
  node: NodeId.parse("b"),
  model: ModelId.parse("only-a:1b"),
  state: "pulling",
  startedAt: 0,
  ...more,
});

describe("one line per model over all homes", () => {
  it("demands 23: spellings of one name are one line; where it is warm, how large, on how many nodes", () => {
    expect(linesOf({ nodes }).map(({ key, homes, warmOn, bytes }) => [key, homes.length, warmOn, bytes])).toEqual([
      ["llama3.2:3b", 3, ["a"], 2e9],
      ["only-a:1b", 1, [], 4e9],
    ]);
  });

  it("demand 16: a model of another quantisation is a line of its own", () => {
    const two = { a: aNode("a", [aModel("x:8b-q4", "cold"), aModel("x:8b-q8", "cold")]) };
    expect(linesOf({ nodes: two })).toHaveLength(2);
  });

  it("the search finds a model by its name and by a node that has it", () => {
    expect([matchesLine(line("only-a:1b"), "only"), matchesLine(line("only-a:1b"), "b"), matchesLine(line("only-a:1b"), "zzz")]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe("who has what", () => {
  it("demands 23: the same digest is the same model, another one is told as another version, an unknown one is not accused", () => {
    const differs = (node: Node) => {
      const cell = cellOf(line("llama3.2:3b"), node, undefined);
      return cell.is === "there" ? cell.differs : cell.is;
    };
    const silent = aNode("e", [aModel("llama3.2:3b", "cold")]);
    expect([differs(a), differs(b), differs(c), differs(silent)]).toEqual([false, false, true, false]);
  });

  it("a place is offered only on nodes that can fetch, by a name that their own library knows", () => {
    expect(cellOf(line("only-a:1b"), b, undefined)).toEqual({ is: "absent", pullAs: "only-a:1b" });
    expect(cellOf(line("only-a:1b"), d, undefined)).toEqual({ is: "absent", pullAs: undefined });
    const studio = { ...fetches(aNode("s", [])), kind: "lm-studio" as const };
    expect(cellOf(line("only-a:1b"), studio, undefined)).toEqual({ is: "absent", pullAs: undefined });
  });

  it("to many: all that miss it and are up, and none that is fetching it already", () => {
    const columns = columnsOf({ nodes });
    expect(missingOn(line("only-a:1b"), columns, undefined).map(({ node }) => node.id)).toEqual(["b", "c"]);
    expect(missingOn(line("only-a:1b"), columns, { "b/only-a:1b": pull() }).map(({ node }) => node.id)).toEqual(["c"]);
    expect(cellOf(line("only-a:1b"), b, { "b/only-a:1b": pull() })).toMatchObject({ is: "coming" });
  });
});

describe("a fetch in words", () => {
  it("UX decision 4: figures where there are any, and none invented", () => {
    expect(pullSays(pull({ completedBytes: 1.2e9, totalBytes: 4.8e9, bytesPerSecond: 40e6 }))).toBe(
      "1.2 GB of 4.8 GB, 40 MB/s, about 90 s left",
    );
    expect(pullSays(pull({ stage: "pulling manifest" }))).toBe("pulling manifest");
    expect(pullSays(pull({ state: "waiting" }))).toBe("waiting for other fetches to end");
    expect(pullSays(pull({ completedBytes: 4e9, totalBytes: 4e9, stage: "verifying sha256 digest" }))).toBe(
      "4.0 GB of 4.0 GB, verifying sha256 digest",
    );
    expect(pullSays(pull({ state: "failed", failure: fail("disk-full", "The disk of b is too full.") }))).toBe(
      "The disk of b is too full.",
    );
    expect([percent(pull()), percent(pull({ fraction: 0.999 }))]).toEqual(["", "99 %"]);
  });
});
