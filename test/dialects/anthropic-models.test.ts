// The list of models as Anthropic's clients page through it.
import { describe, expect, it } from "vitest";
import { anthropicModel, anthropicModels } from "../../src-core/dialects/anthropic-models.ts";

const models = ["a", "b", "c", "d", "e"].map((id) => ({ id, createdMs: 1_700_000_000_000 }));
const ids = (page: ReturnType<typeof anthropicModels>) =>
  "data" in page && Array.isArray(page["data"]) ? page["data"].map(({ id }) => id) : [];

describe("apis 3.4: models in Anthropic's form", () => {
  it("one model has a time in RFC 3339 and a name to show", () => {
    expect(anthropicModel({ id: "qwen3:8b", createdMs: 1_700_000_000_000 })).toEqual({
      type: "model",
      id: "qwen3:8b",
      display_name: "qwen3:8b",
      created_at: "2023-11-14T22:13:20Z",
    });
    expect(anthropicModel({ id: "x", displayName: "X", createdMs: 0 })).toMatchObject({ display_name: "X" });
  });

  it("who asks for no page gets everything", () => {
    expect(anthropicModels(models)).toMatchObject({ has_more: false, first_id: "a", last_id: "e" });
  });

  it("an empty list has neither first nor last", () => {
    expect(anthropicModels([])).toEqual({ data: [], has_more: false, first_id: null, last_id: null });
  });

  it.each([
    [{ limit: "2" }, ["a", "b"], true],
    [{ limit: "2", after_id: "b" }, ["c", "d"], true],
    [{ limit: "2", after_id: "d" }, ["e"], false],
    [{ after_id: "e" }, [], false],
    [{ limit: "2", before_id: "d" }, ["b", "c"], true],
    [{ limit: "3", before_id: "d" }, ["a", "b", "c"], false],
    [{ before_id: "a" }, [], false],
  ])("page %j is %j, more: %s", (asked, expected, more) => {
    const page = anthropicModels(models, asked);
    expect(ids(page)).toEqual(expected);
    expect(page).toMatchObject({ has_more: more });
  });

  it("pages forward meet every model once", () => {
    const met: unknown[] = [];
    let after: string | undefined;
    for (let i = 0; i < 5; i++) {
      const page = anthropicModels(models, { limit: "2", after_id: after });
      met.push(...ids(page));
      if (!("has_more" in page) || page["has_more"] !== true) break;
      after = String(page["last_id"]);
    }
    expect(met).toEqual(["a", "b", "c", "d", "e"]);
  });

  it.each([
    [{ limit: "0" }, "limit"],
    [{ limit: "1001" }, "limit"],
    [{ limit: "x" }, "limit"],
    [{ limit: "" }, "limit"],
    [{ after_id: "zz" }, "after_id"],
    [{ before_id: "__proto__" }, "before_id"],
    [{ after_id: "a", before_id: "b" }, "before_id"],
  ])("%j is refused, naming %s", (asked, field) => {
    expect(anthropicModels(models, asked)).toMatchObject({ failure: { kind: "invalid-request", field } });
  });
});
