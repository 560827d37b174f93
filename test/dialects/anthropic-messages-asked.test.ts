// What Anthropic clients ask: every field is carried, named as dropped, or refused by name.
import { describe, expect, it } from "vitest";
import { anthropicMessages } from "../../src-core/dialects/anthropic-messages.ts";
import type { ChatRequest } from "../../src-core/dialects/canonical.ts";

const hello = [{ role: "user", content: "Hello" }];
const least = { model: "m", max_tokens: 16, messages: hello };

function read(body: unknown): { readonly request: ChatRequest; readonly dropped: readonly string[] } {
  const decoded = anthropicMessages.decodeRequest(body);
  if ("failure" in decoded) throw new Error(decoded.failure.message);
  return decoded;
}

const carried: readonly (readonly [string, Record<string, unknown>, Partial<ChatRequest>])[] = [
  ["max_tokens", { max_tokens: 5 }, { maxTokens: 5 }],
  ["stream", { stream: true }, { stream: true }],
  ["temperature", { temperature: 0.2 }, { temperature: 0.2 }],
  ["top_p", { top_p: 0.9 }, { topP: 0.9 }],
  ["top_k", { top_k: 40 }, { topK: 40 }],
  ["stop_sequences", { stop_sequences: ["a", "b"] }, { stop: ["a", "b"] }],
  ["metadata.user_id", { metadata: { user_id: "u" } }, { user: "u" }],
  ["thinking disabled", { thinking: { type: "disabled" } }, { reasoning: { effort: "none" } }],
  ["thinking adaptive", { thinking: { type: "adaptive" } }, { reasoning: { effort: "medium" } }],
  ["thinking enabled", { thinking: { type: "enabled", budget_tokens: 8000 } }, { reasoning: { effort: "medium", budgetTokens: 8000 } }],
  ["a large budget", { thinking: { type: "enabled", budget_tokens: 31_999 } }, { reasoning: { effort: "high", budgetTokens: 31_999 } }],
  ["output_config.effort", { output_config: { effort: "low" } }, { reasoning: { effort: "low" } }],
  ["effort beside adaptive", { thinking: { type: "adaptive" }, output_config: { effort: "max" } }, { reasoning: { effort: "high" } }],
  [
    "output_config.format",
    { output_config: { format: { type: "json_schema", schema: { type: "object" } } } },
    { format: { type: "schema", schema: { type: "object" } } },
  ],
  [
    "output_format",
    { output_format: { type: "json_schema", schema: { type: "object" } } },
    { format: { type: "schema", schema: { type: "object" } } },
  ],
  [
    "tools",
    { tools: [{ name: "f", description: "d", input_schema: { type: "object" } }] },
    { tools: [{ name: "f", description: "d", parameters: { type: "object" } }] },
  ],
  [
    "strict tools of type custom",
    { tools: [{ type: "custom", name: "f", strict: true, input_schema: {} }] },
    { tools: [{ name: "f", parameters: {}, strict: true }] },
  ],
  ["tool_choice auto", { tool_choice: { type: "auto" } }, { toolChoice: "auto" }],
  ["tool_choice none", { tool_choice: { type: "none" } }, { toolChoice: "none" }],
  [
    "tool_choice any",
    { tools: [{ name: "f", input_schema: {} }], tool_choice: { type: "any", disable_parallel_tool_use: true } },
    { toolChoice: "required", parallelTools: false },
  ],
  [
    "tool_choice tool",
    { tools: [{ name: "f", input_schema: {} }], tool_choice: { type: "tool", name: "f" } },
    { toolChoice: { name: "f" } },
  ],
  ["null as absent", { temperature: null, tools: null, system: null }, { temperature: undefined, tools: [] }],
];

describe("a field that both forms know", () => {
  it.each(carried)("%s is carried", (_, more, expected) => {
    const { request, dropped } = read({ ...least, ...more });
    expect(request).toMatchObject(expected);
    expect(dropped).toEqual([]);
  });
});

const blocks: readonly (readonly [string, "user" | "assistant", unknown, unknown])[] = [
  ["text", "user", { type: "text", text: "a" }, { type: "text", text: "a" }],
  [
    "image by base64",
    "user",
    { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
    { type: "image", source: { kind: "data", mediaType: "image/png", base64: "AAAA" } },
  ],
  [
    "image by address",
    "user",
    { type: "image", source: { type: "url", url: "https://a.test/b.png" } },
    { type: "image", source: { kind: "url", url: "https://a.test/b.png" } },
  ],
  ["a document of text", "user", { type: "document", source: { type: "text", data: "d" }, title: "t" }, { type: "text", text: "t\nd" }],
  [
    "tool_use",
    "assistant",
    { type: "tool_use", id: "toolu_1", name: "f", input: { a: 1 } },
    { type: "tool-call", id: "toolu_1", name: "f", arguments: '{"a":1}' },
  ],
  [
    "tool_result of text",
    "user",
    { type: "tool_result", tool_use_id: "toolu_1", content: "ok" },
    { type: "tool-result", id: "toolu_1", parts: [{ type: "text", text: "ok" }] },
  ],
  [
    "tool_result of blocks, failed",
    "user",
    { type: "tool_result", tool_use_id: "toolu_1", is_error: true, content: [{ type: "text", text: "no" }] },
    { type: "tool-result", id: "toolu_1", parts: [{ type: "text", text: "no" }], isError: true },
  ],
  ["tool_result of nothing", "user", { type: "tool_result", tool_use_id: "toolu_1" }, { type: "tool-result", id: "toolu_1", parts: [] }],
  ["thinking", "assistant", { type: "thinking", thinking: "h", signature: "s" }, { type: "thinking", text: "h", signature: "s" }],
  ["thinking of a local model", "assistant", { type: "thinking", thinking: "h", signature: "" }, { type: "thinking", text: "h" }],
  ["redacted_thinking", "assistant", { type: "redacted_thinking", data: "x" }, { type: "thinking", text: "", redacted: "x" }],
];

describe("a block", () => {
  it.each(blocks)("%s becomes a part", (_, role, block, part) => {
    const { request, dropped } = read({ ...least, messages: [{ role, content: [block] }] });
    expect(request.messages[0]).toEqual({ role, parts: [part] });
    expect(dropped).toEqual([]);
  });

  it("system blocks come first, as one message of the system", () => {
    const { request } = read({
      ...least,
      system: [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
    });
    expect(request.messages[0]).toEqual({
      role: "system",
      parts: [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
    });
  });
});

const left: readonly (readonly [string, Record<string, unknown>, readonly string[]])[] = [
  ["service_tier", { service_tier: "auto" }, ["service_tier"]],
  ["unknown fields", { context_management: { edits: [] } }, ["context_management"]],
  ["cache_control on blocks", { system: [{ type: "text", text: "a", cache_control: { type: "ephemeral" } }] }, ["cache_control"]],
  ["metadata besides the user", { metadata: { user_id: "u", team: "t" } }, ["metadata.team"]],
  ["server tools", { tools: [{ type: "web_search_20250305", name: "web_search" }] }, ["tools.web_search"]],
  ["extras of tools", { tools: [{ name: "f", input_schema: {}, defer_loading: true }] }, ["tools.defer_loading"]],
  ["thinking.display", { thinking: { type: "adaptive", display: "omitted" } }, ["thinking.display"]],
  ["output_config besides", { output_config: { task_budget: {} } }, ["output_config.task_budget"]],
  [
    "what server tools left in the talk",
    {
      messages: [
        ...hello,
        {
          role: "assistant",
          content: [
            { type: "server_tool_use", id: "s", name: "web_search", input: {} },
            { type: "text", text: "t" },
          ],
        },
      ],
    },
    ["server_tool_use"],
  ],
];

describe("what the small form cannot carry", () => {
  it.each(left)("%s is dropped by name, not in silence", (_, more, names) => {
    expect(read({ ...least, ...more }).dropped).toEqual(names);
  });

  it("our own field profile is none of it", () => {
    expect(read({ ...least, profile: "fast" }).dropped).toEqual([]);
  });
});

const block = (one: unknown, role = "user") => ({ messages: [{ role, content: [one] }] });
const wrong: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ["max_tokens missing", { max_tokens: undefined }, "max_tokens"],
  ["max_tokens negative (S-29)", { max_tokens: -1 }, "max_tokens"],
  ["max_tokens as text", { max_tokens: "9" }, "max_tokens"],
  ["model missing", { model: undefined }, "model"],
  ["messages missing", { messages: undefined }, "messages"],
  ["messages no list", { messages: {} }, "messages"],
  ["a message that is a text", { messages: ["hi"] }, "messages[0]"],
  ["an unknown role", { messages: [{ role: "tool", content: "x" }] }, "messages[0].role"],
  ["__proto__ as role", { messages: [{ role: "__proto__", content: "x" }] }, "messages[0].role"],
  ["content missing", { messages: [{ role: "user" }] }, "messages[0].content"],
  ["content a number", { messages: [{ role: "user", content: 3 }] }, "messages[0].content"],
  ["an unknown block", block({ type: "hologram" }), "messages[0].content[0].type"],
  ["a block without type", block({ text: "a" }), "messages[0].content[0].type"],
  ["a PDF", block({ type: "document", source: { type: "base64", data: "A" } }), "messages[0].content[0].source.type"],
  ["a stored file", block({ type: "image", source: { type: "file", file_id: "f" } }), "messages[0].content[0].source.type"],
  [
    "an image of another scheme (S-40)",
    block({ type: "image", source: { type: "url", url: "file:///etc/passwd" } }),
    "messages[0].content[0].source.url",
  ],
  ["a call by the user", block({ type: "tool_use", id: "a", name: "f", input: {} }), "messages[0].content[0].type"],
  ["a result by the assistant", block({ type: "tool_result", tool_use_id: "a" }, "assistant"), "messages[0].content[0].type"],
  ["a call with text as input", block({ type: "tool_use", id: "a", name: "f", input: "{}" }, "assistant"), "messages[0].content[0].input"],
  ["an image in the system prompt", { system: [{ type: "image", source: {} }] }, "system[0].type"],
  ["top_k negative (S-29)", { top_k: -1 }, "top_k"],
  ["temperature as text", { temperature: "hot" }, "temperature"],
  ["stop_sequences as text", { stop_sequences: "a" }, "stop_sequences"],
  ["a tool without schema", { tools: [{ name: "f" }] }, "tools[0].input_schema"],
  ["a tool without name", { tools: [{ input_schema: {} }] }, "tools[0].name"],
  ["tool_choice of an unknown kind", { tool_choice: { type: "all" } }, "tool_choice.type"],
  ["tool_choice of a tool not given", { tool_choice: { type: "tool", name: "g" } }, "tool_choice.name"],
  [
    "tool_choice forcing a server tool",
    { tools: [{ type: "web_search_20250305", name: "web_search" }], tool_choice: { type: "tool", name: "web_search" } },
    "tool_choice.name",
  ],
  ["tool_choice any without tools", { tool_choice: { type: "any" } }, "tool_choice.type"],
  ["thinking of an unknown kind", { thinking: { type: "deep" } }, "thinking.type"],
  ["thinking without budget", { thinking: { type: "enabled" } }, "thinking.budget_tokens"],
  ["a format of an unknown kind", { output_config: { format: { type: "xml" } } }, "output_config.format.type"],
];

describe("what is wrong", () => {
  it.each(wrong)("%s is refused, naming the field", (_, more, field) => {
    const decoded = anthropicMessages.decodeRequest({ ...least, ...more });
    expect(decoded).toMatchObject({ failure: { kind: "invalid-request", field } });
  });

  it.each([{ body: null }, { body: [] }, { body: "x" }, { body: 3 }, { body: undefined }])(
    "a body that is no object ($body) is refused",
    ({ body }) => {
      expect(anthropicMessages.decodeRequest(body)).toMatchObject({ failure: { kind: "invalid-request" } });
    },
  );
});

describe("ux 7: bodies of Claude Code", () => {
  const cached = { cache_control: { type: "ephemeral", ttl: "1h" } };
  const body = {
    model: "claude-sonnet-4-5",
    max_tokens: 32_000,
    stream: true,
    system: [
      { type: "text", text: "x-anthropic-billing-header: cc_version=2.1" },
      { type: "text", text: "You are Claude Code.", ...cached },
    ],
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "<system-reminder>r</system-reminder>" },
          { type: "text", text: "list files", ...cached },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "I list.", signature: "sig" },
          { type: "text", text: "Listing." },
          { type: "tool_use", id: "toolu_01", name: "Bash", input: { command: "ls" }, caller: { type: "direct" } },
          { type: "tool_use", id: "toolu_02", name: "Read", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "toolu_01", content: "a.txt", is_error: false },
          { type: "tool_result", tool_use_id: "toolu_02", content: [{ type: "text", text: "t" }], ...cached },
        ],
      },
    ],
    tools: [
      { name: "Bash", description: "Runs", input_schema: { type: "object", properties: {} } },
      { name: "Read", input_schema: { type: "object" } },
    ],
    metadata: { user_id: "user_1_account__session_2" },
    thinking: { type: "enabled", budget_tokens: 31_999 },
    context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
    temperature: 1,
  };

  it("a turn with tools passes, and only what nobody else knows is dropped", () => {
    const { request, dropped } = read(body);
    expect(request.messages).toHaveLength(4);
    expect(request.messages[2]?.parts.map(({ type }) => type)).toEqual(["thinking", "text", "tool-call", "tool-call"]);
    expect(request.messages[3]?.parts.map(({ type }) => type)).toEqual(["tool-result", "tool-result"]);
    expect(dropped).toEqual(["cache_control", "context_management"]);
  });

  it("its quota check with one token passes", () => {
    expect(
      read({ model: "m", max_tokens: 1, messages: [{ role: "user", content: "quota" }], metadata: { user_id: "u" } }).request.maxTokens,
    ).toBe(1);
  });
});
