// A client of the gateway that sees what really arrives: text as it comes, how it ended, and leaving at a chosen moment.
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { onTestFinished } from "vitest";
import { promptCanary } from "../support/canaries.ts";

/** `complete`: ended by its framing; `cut`: the connection broke; anything else is the error's code. */
export type Ending = "complete" | "cut" | string;

export class Answer {
  readonly request: ClientRequest;
  readonly ended: Promise<Ending>;
  text = "";
  status = 0;
  headers: IncomingHttpHeaders = {};
  /** Pieces of the body as they came. */
  readonly pieces: string[] = [];
  #response: IncomingMessage | undefined;
  #over = false;
  #looks: (() => void)[] = [];

  constructor(url: string, options: { readonly method: string; readonly headers: Readonly<Record<string, string>> }) {
    this.request = request(url, { ...options, agent: false });
    this.ended = new Promise((resolve) => {
      const end = (ending: Ending) => {
        this.#over = true;
        this.#look();
        resolve(ending);
      };
      this.request.once("error", (error) => end("code" in error ? String(error.code) : error.message));
      this.request.once("response", (response) => {
        this.#hear(response);
        response.once("end", () => end("complete"));
        response.once("error", () => end("cut"));
      });
    });
    onTestFinished(() => this.leave());
  }

  /** Resolves when the answer so far fits, or it ended. */
  async until(fits: (answer: Answer) => boolean): Promise<this> {
    while (!fits(this) && !this.#over) await new Promise<void>((resolve) => void this.#looks.push(resolve));
    return this;
  }

  /** Resolves with the whole answer. */
  async whole(): Promise<this> {
    await this.ended;
    return this;
  }

  get json(): unknown {
    return JSON.parse(this.text);
  }

  /** Stops reading: the kernel's buffers fill, then the gateway must wait. */
  pause(): void {
    this.#response?.pause();
  }

  resume(): void {
    this.#response?.resume();
  }

  leave(): void {
    this.request.destroy();
  }

  #hear(response: IncomingMessage): void {
    this.#response = response;
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    response.setEncoding("utf8").on("data", (piece: string) => {
      this.text += piece;
      this.pieces.push(piece);
      this.#look();
    });
    this.#look();
  }

  #look(): void {
    const looks = this.#looks;
    this.#looks = [];
    for (const look of looks) look();
  }
}

/** Sends a POST with a JSON body, or a GET without one, on a connection of its own. */
export function send(base: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}): Answer {
  const json = body === undefined ? {} : { "content-type": "application/json" };
  const answer = new Answer(base + path, { method: body === undefined ? "GET" : "POST", headers: { ...json, ...headers } });
  answer.request.end(body === undefined ? undefined : JSON.stringify(body));
  return answer;
}

/** Sends and waits for the end. */
export async function call(base: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return send(base, path, body, headers).whole();
}

export const hello = [{ role: "user", content: `Say hello. ${promptCanary}` }] as const;

/** An OpenAI chat. */
export function chat(model: string, more: object = {}): object {
  return { model, messages: hello, ...more };
}

/** The data of each event of an SSE body, in order. */
export function eventsOf(text: string): string[] {
  return text
    .split("\n\n")
    .filter((frame) => frame !== "")
    .map((frame) => frame.replace(/^data: /, ""));
}

/** The words in an OpenAI chat stream. */
export function saidIn(text: string): string {
  return [...text.matchAll(/"content":"((?:[^"\\]|\\.)*)"/g)].map(([, words = ""]) => words).join("");
}
