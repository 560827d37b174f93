// What quirks are made of: an answer about to be sent, stream or whole, and the ways to change it. Frames are changed as the JSON they carry, so one
// quirk fits every kind of server.
import { z } from "zod";
import type { StreamScript } from "./call.ts";

export type Json = Readonly<Record<string, unknown>>;

/** A whole answer before it is sent: a refusal too. */
export interface WholeBody {
  readonly status: number;
  readonly text: string;
}

/** A habit of a real server that a right reader has to know. Each of its two halves changes an answer and knows nothing of the request. */
export interface Quirk {
  /** Which server does so, and where it is written. */
  readonly from: string;
  stream?(script: StreamScript): StreamScript;
  whole?(body: WholeBody): WholeBody;
}

const Event = z.record(z.string(), z.unknown());

/** The value as an object; an empty one where it is something else. */
export function objectOf(value: unknown): Json {
  const read = Event.safeParse(value);
  return read.success ? read.data : {};
}

/** The text as a JSON object, or undefined. */
export function readJson(text: string): Json | undefined {
  try {
    const read = Event.safeParse(JSON.parse(text));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Every event of a stream as `change` has it: none, one or several. Comments and `[DONE]` stay as they are. `isLast`: it stands after the words. */
export function events(change: (event: Json, isLast: boolean) => readonly Json[]): (script: StreamScript) => StreamScript {
  const changed = (frame: string, isLast: boolean) => {
    const open = frame.indexOf("{");
    const event = open < 0 ? undefined : readJson(frame.slice(open));
    if (event === undefined) return [frame];
    const end = frame.endsWith("\n\n") ? "\n\n" : "\n";
    return change(event, isLast).map((one) => frame.slice(0, open) + JSON.stringify(one) + end);
  };
  return (script) => ({
    ...script,
    opening: script.opening.flatMap((frame) => changed(frame, false)),
    paced: script.paced.flatMap((frame) => changed(frame, false)),
    closing: script.closing.flatMap((frame) => changed(frame, true)),
  });
}

/** Every frame as text. */
export function frames(change: (frame: string) => string): (script: StreamScript) => StreamScript {
  return (script) => ({
    ...script,
    opening: script.opening.map(change),
    paced: script.paced.map(change),
    closing: script.closing.map(change),
  });
}

/** A whole JSON answer, refusals left alone. */
export function answers(change: (body: Json) => Json): (body: WholeBody) => WholeBody {
  return changedWhere((status) => status < 300, change);
}

/** A refusal: `message` is what the server would have said. */
export function refusals(change: (message: string, status: number) => Json): (body: WholeBody) => WholeBody {
  return changedWhere(
    (status) => status >= 400,
    (body, status) => change(messageIn(body), status),
  );
}

function changedWhere(meant: (status: number) => boolean, change: (body: Json, status: number) => Json) {
  return (body: WholeBody): WholeBody => {
    const read = meant(body.status) ? readJson(body.text) : undefined;
    return read === undefined ? body : { ...body, text: JSON.stringify(change(read, body.status)) };
  };
}

function messageIn(body: Json): string {
  const { error } = body;
  return typeof error === "string" ? error : String(objectOf(error)["message"] ?? body["message"] ?? "");
}

/** Half of the words come, then this, and then a clean end: what follows "200 OK" when the process behind a server dies. */
export function breaksWith(...last: readonly string[]): (script: StreamScript) => StreamScript {
  return (script) => ({ ...script, paced: script.paced.slice(0, Math.ceil(script.paced.length / 2)), closing: last });
}

/** An error instead of the first word: the status was sent already. */
export function failsWith(...instead: readonly string[]): (script: StreamScript) => StreamScript {
  return (script) => ({ ...script, paced: [], closing: instead });
}

/** An event with its choices changed; one without choices stays. */
export function inChoices(event: Json, change: (choice: Json) => Json): Json {
  return "choices" in event ? { ...event, choices: listOf(event["choices"]).map((choice) => change(objectOf(choice))) } : event;
}

/** An event of OpenAI's chat with what is said changed, streamed or whole. */
export function inSaid(event: Json, change: (said: Json) => Json): Json {
  return inChoices(event, (choice) => {
    const key = "delta" in choice ? "delta" : "message";
    return key in choice ? { ...choice, [key]: change(objectOf(choice[key])) } : choice;
  });
}

/** An event with each of its calls of tools changed: OpenAI's stand in what a choice says, Ollama's in its message. */
export function inCalls(event: Json, change: (call: Json) => Json): Json {
  const changed = (said: Json) =>
    "tool_calls" in said ? { ...said, tool_calls: listOf(said["tool_calls"]).map((call) => change(objectOf(call))) } : said;
  const own = "message" in event ? { ...event, message: changed(objectOf(event["message"])) } : event;
  return inSaid(own, changed);
}

/** Calls of tools that a stream sends in fragments, each in one piece where it began, and then changed. OpenAI's streams only. */
export function wholeCalls(change: (call: Json) => Json): (script: StreamScript) => StreamScript {
  return (script) => {
    const texts = new Map<unknown, string>();
    events((event) => {
      inCalls(event, (call) => {
        texts.set(call["index"], (texts.get(call["index"]) ?? "") + String(objectOf(call["function"])["arguments"] ?? ""));
        return call;
      });
      return [event];
    })(script);
    return events((event) => {
      let isFragment = false;
      const changed = inCalls(event, (call) => {
        const told = objectOf(call["function"]);
        isFragment ||= told["name"] === undefined;
        return change({ ...call, function: { ...told, arguments: texts.get(call["index"]) } });
      });
      return isFragment ? [] : [changed];
    })(script);
  };
}

/** Without these fields. */
export function without(value: Json, ...names: readonly string[]): Json {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}
