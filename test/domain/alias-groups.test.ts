// Groups of names that seem to be one model: by digest for certain, by figures as a guess, and never merged.
import { describe, expect, it } from "vitest";
import { NodeId } from "../../src-core/contract/ids.ts";
import { suggestGroups } from "../../src-core/domain/alias-groups.ts";
import { aFleet, aModel, aNode } from "../support/builders.ts";

const q4 = { family: "qwen3", parameters: "8.0B", quantization: "Q4_K_M" };
const namesOf = (fleet: ReturnType<typeof aFleet>) =>
  suggestGroups(fleet).map(({ because, names }) => [because, ...names.map(({ name }) => name)]);

describe("aliases across spellings: suggested with their reason", () => {
  it("the same digest is the same model, however it is written", () => {
    const fleet = aFleet([
      aNode("a", [aModel("qwen3:8b", "cold", { digest: "sha256:ABCDEF0123456789" })]),
      aNode("b", [aModel("my-qwen", "cold", { digest: "abcdef0123456789" })]),
    ]);
    expect(suggestGroups(fleet)).toEqual([
      {
        because: "digest",
        names: [
          { name: "my-qwen", nodes: ["b"] },
          { name: "qwen3:8b", nodes: ["a"] },
        ],
        says: "The same file: digest abcdef012345.",
      },
    ]);
  });

  it("the same family, size and quantisation is a guess, and says so", () => {
    const fleet = aFleet([
      aNode("a", [aModel("qwen3:8b", "cold", q4)]),
      aNode("b", [aModel("Qwen3-8B-GGUF", "cold", { ...q4, parameters: "8B" })]),
    ]);
    expect(suggestGroups(fleet)).toMatchObject([
      { because: "figures", says: "Probably the same model: qwen3, 8B, Q4_K_M. Nodes do not tell more." },
    ]);
  });

  it.each<[string, Parameters<typeof aFleet>[0]]>([
    [
      "one spelling on two nodes is one name already",
      [aNode("a", [aModel("x", "cold", { digest: "d" })]), aNode("b", [aModel("X:latest", "cold", { digest: "d" })])],
    ],
    [
      "two names on one node are the person's wish",
      [aNode("a", [aModel("x", "cold", { digest: "d" }), aModel("y", "cold", { digest: "d" })])],
    ],
    [
      "a family alone is no model",
      [aNode("a", [aModel("x", "cold", { family: "qwen3" })]), aNode("b", [aModel("y", "cold", { family: "qwen3" })])],
    ],
    ["another quantisation", [aNode("a", [aModel("x", "cold", q4)]), aNode("b", [aModel("y", "cold", { ...q4, quantization: "Q8_0" })])]],
    ["an empty digest", [aNode("a", [aModel("x", "cold", { digest: "" })]), aNode("b", [aModel("y", "cold", { digest: "" })])]],
    [
      "a second address of one server",
      [
        aNode("a", [aModel("x", "cold", { digest: "d" })]),
        aNode("b", [aModel("y", "cold", { digest: "d" })], { duplicateOf: NodeId.parse("a") }),
      ],
    ],
    [
      "a node switched off",
      [aNode("a", [aModel("x", "cold", { digest: "d" })]), aNode("b", [aModel("y", "cold", { digest: "d" })], { enabled: false })],
    ],
  ])("nothing is suggested: %s", (_, nodes) => {
    expect(suggestGroups(aFleet(nodes))).toEqual([]);
  });

  it("a name stands in one group, the surer one", () => {
    const fleet = aFleet([
      aNode("a", [aModel("x", "cold", { ...q4, digest: "d" })]),
      aNode("b", [aModel("y", "cold", { ...q4, digest: "d" })]),
      aNode("c", [aModel("z", "cold", q4), aModel("w", "cold", { digest: "other" })]),
    ]);
    expect(namesOf(fleet)).toEqual([["digest", "x", "y"]]);
  });
});
