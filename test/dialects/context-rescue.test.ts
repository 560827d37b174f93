// Leaving the oldest turns of a conversation out: what must stay stays, what belongs together goes together, and the bytes that stay are the same.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withoutOldestTurns } from "../../src-core/dialects/context-rescue.ts";
import { countTokens } from "../../src-core/dialects/token-count.ts";

type Message = Readonly<Record<string, unknown>>;

const long = (name: string) => `${name} ${"word ".repeat(200)}`;
const says = (role: string, name: string): Message => ({ role, content: long(name) });
const tokensOf = (messages: readonly Message[]) => countTokens({ messages }).input_tokens;

/** What is left, as contents' first words; `room`: how many of these messages shall fit. */
function left(messages: readonly Message[], most: number): readonly unknown[] | undefined {
  const body = { model: "m", messages, stream: true };
  const rescued = withoutOldestTurns(Buffer.from(JSON.stringify(body)), body, most);
  if (rescued === undefined) return undefined;
  const after = JSON.parse(Buffer.from(rescued.body).toString());
  expect(after).toEqual({ ...body, messages: after.messages });
  expect(messages.length - after.messages.length).toBe(rescued.dropped);
  expect(rescued.promptTokens).toBeLessThanOrEqual(most);
  expect(Math.abs(countTokens(after).input_tokens - rescued.promptTokens)).toBeLessThanOrEqual(2);
  return after.messages.map((message: Message) => messages.findIndex((one) => JSON.stringify(one) === JSON.stringify(message)));
}

const call = {
  role: "assistant",
  content: null,
  tool_calls: [{ id: "1", type: "function", function: { name: "f", arguments: long("args") } }],
};
const result = { role: "tool", tool_call_id: "1", content: long("result") };
const use = { role: "assistant", content: [{ type: "tool_use", id: "2", name: "f", input: { a: long("in") } }] };
const used = { role: "user", content: [{ type: "tool_result", tool_use_id: "2", content: long("out") }] };

describe("context rescue: which turns go", () => {
  it.each<[string, readonly Message[], number, readonly number[] | undefined]>([
    [
      "the oldest first, and a talk begins with its user",
      [0, 1, 2].flatMap((n) => [says("user", `u${n}`), says("assistant", `a${n}`)]).concat(says("user", "u3")),
      4,
      [4, 5, 6],
    ],
    ["what the system says stays", [says("system", "s"), says("user", "u0"), says("assistant", "a0"), says("user", "u1")], 3, [0, 3]],
    ["a call and its results go together", [says("user", "u0"), call, result, says("assistant", "a0"), says("user", "u1")], 3, [4]],
    [
      "the user's last turn stays before a long chain of calls",
      [says("user", "u0"), call, result, { ...call, tool_calls: [{ ...call.tool_calls[0], id: "9" }] }, { ...result, tool_call_id: "9" }],
      4,
      [0, 3, 4],
    ],
    [
      "Anthropic's results are no turn of the user",
      [says("user", "u0"), use, used, says("assistant", "a0"), says("user", "u1"), says("assistant", "a1")],
      3,
      [4, 5],
    ],
    ["one message alone cannot be cut", [says("user", "u0")], 0.5, undefined],
    ["what must stay is too long by itself", [says("system", "s"), says("user", "u0"), says("user", "u1")], 1.5, undefined],
  ])("%s", (_, messages, room, kept) => {
    expect(left(messages, Math.ceil(room * tokensOf([says("user", "u0")])))).toEqual(kept);
  });

  it("bytes that stay are the same, however the body is written", () => {
    const kept = '{ "role" : "user","content":"caf\\u00e9 ]} \\"," , "x": [1, {"messages": []}] }';
    const text = `{"messages" : [ ${JSON.stringify(says("user", "a"))} ,\n${JSON.stringify(says("assistant", "b"))}, ${kept} ] , "model":"m"}`;
    const rescued = withoutOldestTurns(Buffer.from(text), JSON.parse(text), 100);
    expect(Buffer.from(rescued?.body ?? []).toString()).toBe(`{"messages" : [ ${kept} ] , "model":"m"}`);
  });

  it("a talk in Responses' words: a call stays with its reasoning and its output, and the instructions stay", () => {
    const input = [
      says("user", "u0"),
      { type: "reasoning", id: "r", summary: [] },
      { type: "function_call", call_id: "1", name: "f", arguments: long("args") },
      { type: "function_call", call_id: "2", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "1", output: long("out") },
      { type: "function_call_output", call_id: "2", output: "" },
      says("user", "u1"),
    ];
    const body = { model: "m", instructions: "Be brief.", input };
    const rescued = withoutOldestTurns(Buffer.from(JSON.stringify(body)), body, 400);
    expect(JSON.parse(Buffer.from(rescued?.body ?? []).toString())).toEqual({ ...body, input: [input[6]] });
    expect(rescued?.dropped).toBe(6);
  });

  it("whatever the talk: what is left fits, keeps its order, the system and the user's last turn, and no result without its call", () => {
    const turn = fc.constantFrom<readonly Message[]>(
      [says("user", "u")],
      [says("assistant", "a")],
      [call, result, result],
      [use, used],
      [says("system", "s")],
    );
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 12 }), fc.integer({ min: 100, max: 4000 }), (turns, most) => {
        const messages: readonly Message[] = turns.flat().map((message, n) => ({ ...message, n }));
        const kept = left(messages, most);
        if (kept === undefined) return;
        expect(kept).toEqual([...kept].sort((a, b) => Number(a) - Number(b)));
        const roleOf = (n: unknown) => messages[Number(n)]?.["role"];
        expect(kept.filter((n) => roleOf(n) === "system")).toHaveLength(messages.filter((one) => one["role"] === "system").length);
        const lastUsers = messages.findLastIndex((one) => one["role"] === "user" && typeof one["content"] === "string");
        if (lastUsers >= 0) expect(kept).toContain(lastUsers);
        for (const n of kept) if (roleOf(n) === "tool") expect(kept).toContain(Number(n) - (roleOf(Number(n) - 1) === "tool" ? 2 : 1));
        expect(kept).toContain(messages.length - 1);
      }),
    );
  });
});
