// Bodies that no route takes, made from the least that it takes: each with the word that its refusal must hold.
import type { InferenceRoute } from "../../src-core/dialects/facts.ts";

/** A body before it is text. */
export type Body = Readonly<Record<string, unknown>>;

const talk = [{ role: "user", content: "hi" }];

/** The least that a route takes for right. */
export function least({ dialect, task }: InferenceRoute, path: string): Body {
  if (path === "/v1/responses") return { model: "m", input: "hi" };
  if (task === "chat") return { model: "m", messages: talk, ...(dialect === "anthropic" ? { max_tokens: 8 } : {}) };
  if (task === "completion") return { model: "m", prompt: "hi" };
  if (task === "rerank") return { model: "m", query: "hi", documents: ["a"] };
  return path === "/api/embeddings" ? { model: "m", prompt: "hi" } : { model: "m", input: "hi" };
}

/** A body, and the word that its refusal must hold. */
type Bad = readonly [field: string, body: string | Buffer];

/** The body with some members changed. */
export const json = (body: Body, change: Body): string => JSON.stringify({ ...body, ...change });
/** The body with one more member, as text: for what JSON.stringify would not write. */
export const plus = (body: Body, member: string): string => `${JSON.stringify(body).slice(0, -1)},${member}}`;
const deep = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;

/** No JSON, or JSON that two readers would read in two ways. */
export function unreadable(body: Body): readonly Bad[] {
  const whole = JSON.stringify(body);
  return [
    ["", ""],
    ["", "hello"],
    ["", whole.slice(0, -1)],
    ["", `${whole}}`],
    ["", `${whole}{}`],
    ["", plus(body, '"a":01')],
    ["", plus(body, '"a":NaN')],
    ["", plus(body, '"a":Infinity')],
    ["", plus(body, "'a':1")],
    ["", plus(body, '"a":1,')],
    ["", plus(body, '"a":"\n"')],
    ["", plus(body, '"a":"\\x41"')],
    ["", plus(body, '/* */"a":1')],
    ["", "[]"],
    ["", "null"],
    ["", '"model"'],
    ["", "7"],
    ["64 levels", plus(body, `"a":${deep(65)}`)],
    ["64 levels", plus(body, `"__proto__":${deep(5000)}`)],
    ["UTF-8", Buffer.concat([Buffer.from(plus(body, '"a":"').slice(0, -1)), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])],
    ["UTF-8", Buffer.concat([Buffer.from(plus(body, '"a":"').slice(0, -1)), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')])],
    ["a.b.0", plus(body, '"a":{"b":["\\ud800"]}')],
    ["a", plus(body, '"a":"\\uDC00\\ud83d"')],
    ["a", plus(body, '"a":"\\ud83d\\\\ude00"')],
    ["a", plus(body, '"a":{"\\ud800":1}')],
    ["model", plus(body, '"model":"other"')],
    ["model", plus(body, '"mod\\u0065l":"other"')],
    ["model", plus(body, '"\\u006dodel":"other"')],
    ["Model", plus(body, '"Model":"other"')],
    ["__proto__", plus(body, '"__proto__":1,"__proto__":2')],
    ["b", plus(body, '"a":[{"b":1,"c":{"b":1},"b":2}]')],
    ["b", plus(body, '"a":{"b":1,"\\u0062":2}')],
  ];
}

const wrongNames: readonly unknown[] = [5, true, null, [], {}, "", "m\nm", "m\u0000", "m\u202em", "\u001b[31mm", "m".repeat(513)];
const numbers = ["n_discard", "n_probs", "num_ctx", "num_batch", "num_thread", "n", "dimensions", "top_logprobs"] as const;
const orAll = ["n_keep", "num_keep", "max_tokens", "max_completion_tokens", "top_k", "num_gpu", "n_predict", "num_predict"] as const;

/** S-29: every number that a server would take for a length or an offset. */
export function wrongNumbers(body: Body): readonly Bad[] {
  return [
    ...numbers.flatMap((key): Bad[] =>
      [-1, -2147483649, 2147483648, 1e300, "5", true, [], {}].map((value) => [key, json(body, { [key]: value })]),
    ),
    ...orAll.flatMap((key): Bad[] =>
      [-3, -2147483649, 2147483648, 1e300, "5", true, [], {}].map((value) => [key, json(body, { [key]: value })]),
    ),
    ...[...numbers, ...orAll, "seed"].map((key): Bad => [key, json(body, { [key]: 0 }).replace(`"${key}":0`, `"${key}":1e999`)]),
    ...["-1e999", "1e40", '"7"', "[1]"].map((value): Bad => ["seed", plus(body, `"seed":${value}`)]),
    ["logprobs", json(body, { logprobs: -5 })],
  ];
}

/** Fields that the door reads, in kinds that they cannot have; and those without which there is nothing to ask. */
export function wrongFields(body: Body, { dialect, task }: InferenceRoute, path: string): readonly Bad[] {
  const { model: _, ...nameless } = body;
  const all: Bad[] = [
    ["model", JSON.stringify(nameless)],
    ...wrongNames.map((model): Bad => ["model", json(body, { model })]),
    ...["yes", 1, [], {}].map((stream): Bad => ["stream", json(body, { stream })]),
    ...[5, [], {}, "", "p".repeat(513)].map((profile): Bad => ["profile", json(body, { profile })]),
  ];
  if (dialect === "ollama") {
    all.push(
      ...["x", 5, []].map((options): Bad => ["options", json(body, { options })]),
      ...[true, [], {}].map((keep): Bad => ["keep_alive", json(body, { keep_alive: keep })]),
      ...[5, []].map((format): Bad => ["format", json(body, { format })]),
      ...numbers.map((key): Bad => [`options.${key}`, json(body, { options: { [key]: -1 } })]),
      ...orAll.map((key): Bad => [`options.${key}`, json(body, { options: { [key]: 1e12 } })]),
    );
  }
  if (path === "/v1/responses") return all;
  if (task === "chat") all.push(...wrongTalk(body, dialect));
  const words =
    task === "completion" ? "prompt" : task === "embedding" ? Object.keys(body).at(-1) : task === "rerank" ? "query" : undefined;
  if (words !== undefined) {
    all.push(...[5, true, {}].map((value): Bad => [words, json(body, { [words]: value })]));
    if (dialect !== "ollama") all.push([words, json(body, { [words]: undefined })]);
  }
  if (task === "rerank") all.push(["documents", json(body, { documents: undefined })], ["documents", json(body, { documents: "a" })]);
  return all;
}

function wrongTalk(body: Body, dialect: string): Bad[] {
  return [
    ...(dialect === "ollama" ? [] : [undefined, null].map((messages): Bad => ["messages", json(body, { messages })])),
    ...["hi", 5, {}].map((messages): Bad => ["messages", json(body, { messages })]),
    ...[null, 5, "hi", []].map((message): Bad => ["messages.1", json(body, { messages: [...talk, message] })]),
    ...[undefined, null, 5, "", "wizard", "System", "__proto__", "constructor", ["user"]].map(
      (role): Bad => ["messages.0.role", json(body, { messages: [{ role, content: "hi" }] })],
    ),
    ...[5, true, {}].map((content): Bad => ["messages.0.content", json(body, { messages: [{ role: "user", content }] })]),
    ["messages", json(body, { messages: new Array(10_001).fill(talk[0]) })],
    ...["x", 5, {}].map((tools): Bad => ["tools", json(body, { tools })]),
  ];
}
