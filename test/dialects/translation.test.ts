// Which dialect is spoken with a node, and where a translated request goes with what was lost on its way. That nothing else is lost, for all pairs
// of dialects, is proven in `round-trip.test.ts`.
import { describe, expect, it } from "vitest";
import type { Dialect } from "../../src-core/contract/node-kinds.ts";
import { chooseDialect, translateRequest } from "../../src-core/dialects/translation.ts";

describe("the dialect spoken with a node", () => {
  it.each([
    [["openai", "ollama", "anthropic"], "anthropic", "anthropic"],
    [["openai", "ollama"], "anthropic", "openai"],
    [["anthropic", "ollama"], "openai", "ollama"],
    [["anthropic"], "ollama", "anthropic"],
    [[], "openai", undefined],
  ] satisfies [Dialect[], Dialect, Dialect | undefined][])("of %j for a client's %s is %s", (nodes, client, chosen) => {
    expect(chooseDialect(nodes, client)).toBe(chosen);
  });
});

describe("a translated request", () => {
  const body = {
    model: "Mine",
    messages: [{ role: "user", content: "Q" }],
    logit_bias: { 1: 1 },
    tool_choice: "required",
    tools: [{ type: "function", function: { name: "t", parameters: {} } }],
  };

  it("goes to the node's path under the node's name of the model, with what was lost on either side named once", () => {
    const result = translateRequest(body, "openai", "ollama", "chat", { model: "theirs:8b", contextTokens: 8192 });
    if ("failure" in result) throw new Error(result.failure.message);
    expect(result.path).toBe("/api/chat");
    expect(JSON.parse(result.body)).toMatchObject({ model: "theirs:8b", stream: false, options: { num_ctx: 8192 } });
    expect(result.dropped).toEqual(["logit_bias", "tool_choice"]);
    expect(result.request.model).toBe("theirs:8b");
  });

  it("a text to go on with finds the path that does so", () => {
    const result = translateRequest({ model: "m", prompt: "once upon" }, "openai", "ollama", "completion");
    expect("path" in result && result.path).toBe("/api/generate");
    const back = translateRequest({ model: "m", prompt: "once upon", raw: true, stream: false }, "ollama", "openai", "completion");
    expect("path" in back && back.path).toBe("/v1/completions");
  });

  it.each(["embedding", "rerank", "load", "unload"] as const)("%s is not translated here, and says so", (task) => {
    const result = translateRequest(body, "openai", "ollama", task);
    expect("failure" in result && result.failure.kind).toBe("unsupported");
  });

  it("what the client wrote wrong is its 400, before any node", () => {
    const result = translateRequest({ model: "m", messages: [{ role: "wizard", content: "x" }] }, "ollama", "openai", "chat");
    expect("failure" in result && [result.failure.kind, result.failure.field]).toEqual(["invalid-request", "messages[0].role"]);
  });
});
