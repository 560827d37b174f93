// The messages of an Ollama chat as a client writes them. Ollama's calls need no ids and its results name the tool: ids are counted through the conversation,
// and a result belongs to the call it names, else to the first that has none yet.
import type { BodyReader } from "./body-reader.ts";
import type { ImageSource, Message, Part } from "./canonical.ts";
import { argumentsText } from "./ollama-chat-tools.ts";

type ToolCall = Extract<Part, { type: "tool-call" }>;
type ToolResult = Extract<Part, { type: "tool-result" }>;

const roles: Readonly<Record<string, Message["role"]>> = { system: "system", developer: "system", user: "user", assistant: "assistant" };

/** As many as a header may list. */
const mostNames = 32;

/** Reads messages one after another. */
export class MessagesReader {
  readonly #messages: Message[] = [];
  readonly #unread = new Set<string>();
  #calls = 0;
  /** Calls that have no result yet. */
  #open: readonly ToolCall[] = [];
  /** The results of one turn stand together, in one message of the user. */
  #results: ToolResult[] | undefined;

  /** Adds the messages of a body. */
  read(body: BodyReader): readonly Message[] {
    for (const item of body.each("messages")) this.#message(item);
    return this.#messages;
  }

  /** Names of fields that nobody looked at, each once however many messages have it. */
  get unread(): readonly string[] {
    return [...this.#unread];
  }

  #message(item: BodyReader): void {
    const role = item.text("role") ?? "";
    if (role === "tool") this.#result(item);
    else if (Object.hasOwn(roles, role)) this.#said(item, roles[role] ?? "user");
    else item.wrong("role", "must be system, user, assistant or tool");
    for (const name of item.unread()) if (this.#unread.size < mostNames) this.#unread.add(name.replace(/\[\d+\]/, ""));
  }

  #said(item: BodyReader, role: Message["role"]): void {
    this.#results = undefined;
    const parts = partsIn(item);
    if (role !== "assistant") this.#messages.push({ role, parts });
    else this.#messages.push({ role, parts: [...parts, ...this.#toolCalls(item)] });
  }

  #toolCalls(item: BodyReader): readonly ToolCall[] {
    const calls = item.each("tool_calls").flatMap((call) => {
      const what = call.inside("function");
      const name = what?.text("name") ?? "";
      const id = call.text("id") || `call_${this.#calls}`;
      this.#calls += 1;
      if (what !== undefined && name !== "")
        return [{ type: "tool-call" as const, id, name, arguments: argumentsText(what.raw("arguments")) }];
      call.wrong("function.name", "must be the name of a tool");
      return [];
    });
    if (calls.length > 0) this.#open = calls;
    return calls;
  }

  #result(item: BodyReader): void {
    const id = item.text("tool_call_id") || undefined;
    const name = item.text("tool_name") ?? item.text("name");
    const call = this.#answered(id, name);
    const known = name ?? call?.name;
    const result: ToolResult = {
      type: "tool-result",
      id: id ?? call?.id ?? `call_${this.#calls++}`,
      ...(known === undefined ? {} : { name: known }),
      parts: partsIn(item),
    };
    if (this.#results === undefined) {
      this.#results = [];
      this.#messages.push({ role: "user", parts: this.#results });
    }
    this.#results.push(result);
  }

  /** The call that a result belongs to; it is open no longer. */
  #answered(id: string | undefined, name: string | undefined): ToolCall | undefined {
    const found =
      id !== undefined
        ? this.#open.find((call) => call.id === id)
        : name === undefined
          ? this.#open[0]
          : this.#open.find((call) => call.name === name);
    if (found !== undefined) this.#open = this.#open.filter((call) => call !== found);
    return found;
  }
}

function partsIn(item: BodyReader): readonly Part[] {
  const thinking = item.text("thinking") ?? "";
  const text = item.text("content") ?? "";
  return [
    ...(thinking === "" ? [] : [{ type: "thinking" as const, text: thinking }]),
    ...(text === "" ? [] : [{ type: "text" as const, text }]),
    ...imagesIn(item),
  ];
}

/** The pictures of a message or of a generate call: base64, which some clients write with a data URL's beginning. */
export function imagesIn(item: BodyReader): readonly Part[] {
  return (item.list("images") ?? []).flatMap((image, at): readonly Part[] => {
    const source = typeof image === "string" ? imageSource(image) : undefined;
    if (source !== undefined) return [{ type: "image", source }];
    item.wrong(`images[${at}]`, "must be a picture in base64");
    return [];
  });
}

const dataUrl = /^data:(image\/[\w.+-]{1,64});base64,/;
/** What a picture's first bytes look like in base64. */
const beginnings: readonly (readonly [begins: string, mediaType: string])[] = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
];

/** A picture in base64, with or without a data URL's beginning; undefined where it is none. */
export function imageSource(image: string): ImageSource | undefined {
  const url = dataUrl.exec(image);
  const base64 = url === null ? image : image.slice(url[0].length);
  // A look at the beginning: a picture of megabytes is not read letter by letter here, and a file's path or an address shows at once.
  if (base64 === "" || !/^[A-Za-z0-9+/_=\s-]+$/.test(base64.slice(0, 512))) return undefined;
  const mediaType = url?.[1] ?? beginnings.find(([begins]) => base64.startsWith(begins))?.[1] ?? "image/png";
  return { kind: "data", mediaType, base64 };
}
