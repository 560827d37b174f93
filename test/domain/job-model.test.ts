// Which model does a job that names none (source-systems.md 1.4, and the gap of 1.10).
import { describe, expect, it } from "vitest";
import { Config } from "../../src-core/contract/config.ts";
import { modelForJob } from "../../src-core/domain/job-model.ts";
import { aFleet, aModel, aNode } from "../support/builders.ts";

const config = Config.parse({});
const fleet = aFleet([
  aNode("one", [
    aModel("big:70b", "cold", { bytes: 40e9 }),
    aModel("small:3b", "warm", { bytes: 2e9 }),
    aModel("middle:8b", "warm", { bytes: 5e9 }),
    aModel("qwen3:14b", "cold", { bytes: 9e9 }),
  ]),
  aNode("two", [aModel("llava:7b", "cold", { bytes: 4e9 }), aModel("nomic-embed-text:latest", "warm", { bytes: 1e9 })]),
]);
const world = { fleet, config };

describe("the model for a job", () => {
  it.each([
    ["1.4: the largest that runs, where any runs", "llm", [], "middle:8b"],
    ["1.4: the first preferred that is here, running or not", "llm", ["gone", "big:70b", "small:3b"], "big:70b"],
    ["1.4: a star ends the list", "llm", ["gone", "*", "big:70b"], "middle:8b"],
    ["1.10: no substrings: qwen3:1 is not qwen3:14b", "llm", ["qwen3:1"], "middle:8b"],
    ["a picture needs a model that sees", "vision", [], "llava:7b"],
    ["text is read off a picture by one that sees", "ocr", [], "llava:7b"],
    ["nothing here speaks", "tts", [], undefined],
    ["nothing here listens", "stt", [], undefined],
    ["nothing here paints", "image", [], undefined],
  ] as const)("%s", (_, type, prefer, model) => {
    expect(modelForJob(type, prefer, world)).toBe(model);
  });
  it("1.4: the largest of all, where none runs", () => {
    const cold = aFleet([aNode("one", [aModel("small:3b", "cold", { bytes: 2e9 }), aModel("big:70b", "cold", { bytes: 40e9 })])]);
    expect(modelForJob("llm", [], { fleet: cold, config })).toBe("big:70b");
  });
  it("is not on a runtime that is down", () => {
    const because = { kind: "connect-failed" as const, message: "gone" };
    const down = aFleet([aNode("one", [aModel("small:3b", "warm")], { health: { state: "down", since: 0, because } })]);
    expect(modelForJob("llm", ["small:3b"], { fleet: down, config })).toBeUndefined();
  });
});
