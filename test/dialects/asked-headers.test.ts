// What a client says in headers of ours, and what is refused rather than ignored.
import { describe, expect, it } from "vitest";
import { RequestId } from "../../src-core/contract/ids.ts";
import { readAskedHeaders } from "../../src-core/dialects/asked-headers.ts";
import { readFacts, routes } from "../../src-core/dialects/facts.ts";

describe("headers of ours", () => {
  it.each<[Record<string, string>, object]>([
    [{ "x-homeport-agent": "planner" }, { agent: "planner" }],
    [{ "x-homeport-profile": "coder" }, { profile: "coder", profileFrom: "header" }],
    [{ "x-homeport-local": "1" }, { localOnly: true }],
    [{ "x-homeport-local": "True" }, { localOnly: true }],
    [{ "x-homeport-local": "0" }, {}],
    [{ "x-homeport-place": "local" }, { localOnly: true }],
    [{ "x-homeport-local": "true", "x-homeport-place": "any" }, { localOnly: true }],
    [{ "x-homeport-exclude": "studio, rack" }, { exclude: ["studio", "rack"] }],
    [{ "x-homeport-lane": "batch" }, { lane: "batch" }],
    [{ "x-homeport-conversation": "chat-7" }, { conversation: "id:chat-7" }],
    [
      { "x-homeport-agent": "a", "x-homeport-lane": "interactive" },
      { agent: "a", lane: "interactive" },
    ],
  ])("%j", (headers, wanted) => {
    expect(readAskedHeaders(headers)).toEqual(wanted);
  });

  it("none of ours, and nothing is made", () => {
    expect(readAskedHeaders({ accept: "*/*", "x-request-id": "7" })).toBeUndefined();
  });

  it.each<[string, string]>([
    ["x-homeport-local", "yes please"],
    ["x-homeport-place", "cloud"],
    ["x-homeport-lane", "fast"],
    ["x-homeport-exclude", "studio,,rack"],
    ["x-homeport-exclude", "st udio"],
    ["x-homeport-agent", "no spaces"],
    ["x-homeport-agent", ""],
    ["x-homeport-profile", "p".repeat(513)],
    ["x-homeport-conversation", "c".repeat(201)],
  ])("F44: %s: %s is refused by name: a typing error must not send a prompt where it may not go", (name, value) => {
    expect(readAskedHeaders({ [name]: value })).toMatchObject({ kind: "invalid-request", field: name });
  });
});

describe("the facts they become", () => {
  const route = routes.get("/v1/chat/completions");
  if (route === undefined) throw new Error("a route");
  const base = { id: RequestId.parse("r1"), at: 0, route, path: "/v1/chat/completions", bodyBytes: 10, deadline: 1 };
  const body = { model: "m", messages: [{ role: "user", content: "hi" }] };

  it("5.2: the body's profile goes before the header's", () => {
    const asked = { profile: "header", profileFrom: "header" } as const;
    expect(readFacts({ ...base, parsed: { ...body, profile: "body" }, asked })).toMatchObject({ profile: "body", profileFrom: "body" });
    expect(readFacts({ ...base, parsed: { ...body, profile: null }, asked })).toMatchObject({ profile: "header", profileFrom: "header" });
  });

  it("F44: a profile that is no name is refused by field", () => {
    expect(readFacts({ ...base, parsed: { ...body, profile: 5 } })).toMatchObject({ kind: "invalid-request", field: "profile" });
    expect(readFacts({ ...base, parsed: { ...body, profile: "" } })).toMatchObject({ kind: "invalid-request", field: "profile" });
  });

  it("a conversation is told only where conversations are kept, and the client's own id goes first", () => {
    expect(readFacts({ ...base, parsed: body })).not.toHaveProperty("conversation");
    expect(readFacts({ ...base, parsed: body, affinity: true })).toHaveProperty("conversation");
    expect(readFacts({ ...base, parsed: body, affinity: true, asked: { conversation: "id:7" } })).toMatchObject({ conversation: "id:7" });
  });

  it("the most it may write is kept for budgets", () => {
    expect(readFacts({ ...base, parsed: { ...body, max_tokens: 64 } })).toMatchObject({ maxOutputTokens: 64 });
    expect(readFacts({ ...base, parsed: body })).not.toHaveProperty("maxOutputTokens");
  });
});
