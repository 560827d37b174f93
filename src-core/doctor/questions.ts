// What a model is asked, once each: short answers, few tokens, nothing of anybody's. The long one is long enough to be cut by a server that takes the
// small context it was never told to enlarge.
import type { ChatRequest, Part } from "../dialects/canonical.ts";

/** What every question of one model has in common. `keepAlive` and `contextTokens` keep the model in memory as it is. */
export type Common = Pick<ChatRequest, "model" | "keepAlive" | "contextTokens">;

export const reportTool = "report_number";
const lettersPerToken = 4;

function question(common: Common, parts: readonly Part[], maxTokens: number, stream = false): ChatRequest {
  return {
    ...common,
    stream,
    messages: [{ role: "user", parts }],
    tools: [],
    maxTokens,
    temperature: 0,
    ...(stream ? { wantsUsage: true } : {}),
  };
}

const text = (words: string): Part => ({ type: "text", text: words });

export function countingQuestion(common: Common): ChatRequest {
  return question(common, [text("Count from 1 to 20, with spaces between the numbers.")], 256, true);
}

export function toolQuestion(common: Common): ChatRequest {
  const parameters = { type: "object", properties: { value: { type: "integer" } }, required: ["value"] };
  const tools = [{ name: reportTool, description: "Reports a number to the user.", parameters }];
  return { ...question(common, [text(`How much is 17 + 25? Call the tool ${reportTool} with the result.`)], 256), tools };
}

export function pictureQuestion(common: Common): ChatRequest {
  const picture: Part = { type: "image", source: { kind: "data", mediaType: "image/png", base64: redSquare } };
  return question(common, [text("Which colour is this? One word."), picture], 64);
}

/** Of about 5,000 tokens. */
export function longQuestion(common: Common): ChatRequest {
  const line = "The harbour keeps a quiet light and every small boat finds its way home before rain. ";
  const long = line.repeat(Math.ceil((longTokens * lettersPerToken) / line.length));
  return question(common, [text(`${long}\nAnswer with the single word: ready`)], 16);
}

/** The long question by our own count, four letters a token. */
export const longTokens = 5_000;

/** Short, but of more than any server's smallest piece of a cache. Asked twice, the second time should cost nothing to read. */
export function repeatedQuestion(common: Common): ChatRequest {
  const line = "A lamp on the pier, a rope on its hook, a kettle on the stove: everything in the harbour has its place. ";
  return question(common, [text(`${line.repeat(3)}Answer with the single word: ready`)], 1);
}

/** A red square of 32 pixels. */
const redSquare =
  "iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAKElEQVR42u3NQQkAAAgAseuf0TCm8CEM9l9TpxIIBAKBQCAQCARfggW09XAu+IMdsgAAAABJRU5ErkJggg==";
