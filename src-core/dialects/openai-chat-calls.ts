// Fragments of tool calls put in order. Servers tell which call a fragment belongs to by index, by id, by both, or not at all; some send every
// call with index 0, some repeat the name, some send a call whole. Whatever comes, calls are counted from 0 in the order they begin.
import type { ChatEvent } from "./canonical.ts";
import { argumentsOf, callId } from "./openai-chat-words.ts";
import { field, numberIn, textIn } from "./shapes.ts";

interface Call {
  readonly wireIndex: number | undefined;
  readonly wireId: string;
  readonly index: number;
  /** Its name has been told, and so has its beginning. */
  isTold: boolean;
  name: string;
  /** What came before the name, and afterwards whether anything came at all. */
  waiting: string;
  hasArguments: boolean;
}

/** The tool calls of one stream. */
export class CallReader {
  /** The answer's id, from which ids are made for calls without one. */
  replyId = "";
  readonly #calls: Call[] = [];

  get count(): number {
    return this.#calls.length;
  }

  /** Takes one fragment and adds what it says to `events`. */
  push(fragment: unknown, events: ChatEvent[]): void {
    const told = field(fragment, "function");
    const name = textIn(told, "name") ?? "";
    const text = argumentsOf(told) ?? "";
    const call = this.#callOf(numberIn(fragment, "index"), textIn(fragment, "id") ?? "", name);
    if (!call.isTold && name !== "") call.name = name;
    if (call.isTold || call.name !== "") tell(call, this.replyId, events);
    if (text === "") return;
    call.hasArguments = true;
    if (call.isTold) events.push({ type: "tool-arguments", index: call.index, text });
    else call.waiting += text;
  }

  /** The answer is finished: a call whose name never came is told without one, rather than lost. */
  flush(events: ChatEvent[]): void {
    for (const call of this.#calls) tell(call, this.replyId, events);
  }

  #callOf(wireIndex: number | undefined, wireId: string, name: string): Call {
    const known = this.#known(wireIndex, wireId);
    if (known !== undefined && !beginsAnother(known, wireId, name)) return known;
    const index = this.#calls.length;
    const call: Call = { wireIndex, wireId, index, isTold: false, name: "", waiting: "", hasArguments: false };
    this.#calls.push(call);
    return call;
  }

  /** The call a fragment goes on with. An id is the surest sign; without id and index it is the latest. */
  #known(wireIndex: number | undefined, wireId: string): Call | undefined {
    const byId = wireId === "" ? undefined : this.#calls.find((call) => call.wireId === wireId);
    if (byId !== undefined) return byId;
    return wireIndex === undefined ? this.#calls.at(-1) : this.#calls.findLast((call) => call.wireIndex === wireIndex);
  }
}

/**
 * Only a fragment with a name begins a call. Then another id is another call even under the same index, and without ids so is any name after
 * arguments where there is no index, and another name where there is. (vLLM gave every fragment a fresh id for a while: those have no name.)
 */
function beginsAnother(known: Call, wireId: string, name: string): boolean {
  if (name === "" || !known.isTold) return false;
  if (wireId !== "" && known.wireId !== "") return wireId !== known.wireId;
  return known.hasArguments && (known.wireIndex === undefined || name !== known.name);
}

function tell(call: Call, replyId: string, events: ChatEvent[]): void {
  if (call.isTold) return;
  call.isTold = true;
  const { index, name, wireId, waiting } = call;
  events.push({ type: "tool-call", index, id: wireId === "" ? callId(replyId, index) : wireId, name });
  if (waiting !== "") events.push({ type: "tool-arguments", index, text: waiting });
  call.waiting = "";
}
