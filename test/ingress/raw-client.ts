// A client that sends exact bytes: what no HTTP library would send, or would hide from the test.
import { connect, type Socket } from "node:net";

export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export class RawClient {
  readonly socket: Socket;
  text = "";
  #ended = false;
  #look: (() => void)[] = [];

  constructor(port: number, host = "127.0.0.1") {
    this.socket = connect({ port, host, allowHalfOpen: true });
    this.socket.setEncoding("latin1");
    this.socket.on("data", (text: string) => {
      this.text += text;
      this.#changed();
    });
    const over = () => {
      this.#ended = true;
      this.#changed();
    };
    this.socket.on("end", over);
    this.socket.on("close", over);
    this.socket.on("error", over);
  }

  send(text: string): this {
    this.socket.write(text, "latin1");
    return this;
  }

  /** Resolves when the text received so far fits, or the server closed. */
  async until(fits: (text: string) => boolean): Promise<string> {
    while (!fits(this.text) && !this.#ended) await new Promise<void>((resolve) => void this.#look.push(resolve));
    return this.text;
  }

  /** The next whole answer with a content-length; informational ones are skipped. Status 0: the server closed without one. */
  async answer(): Promise<RawAnswer> {
    for (;;) {
      await this.until((text) => wholeAnswer(text) !== undefined);
      const found = wholeAnswer(this.text);
      if (found === undefined) return { status: 0, headers: new Map(), body: this.text };
      this.text = this.text.slice(found.length);
      if (found.answer.status >= 200) return found.answer;
    }
  }

  async closed(): Promise<void> {
    await this.until(() => false);
  }

  close(): void {
    this.socket.destroy();
  }

  #changed(): void {
    const look = this.#look;
    this.#look = [];
    for (const resolve of look) resolve();
  }
}

function wholeAnswer(text: string): { readonly answer: RawAnswer; readonly length: number } | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [line = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = new Map(
    lines.map((header) => [header.slice(0, header.indexOf(":")).toLowerCase(), header.slice(header.indexOf(":") + 1).trim()]),
  );
  const length = Number(headers.get("content-length") ?? 0);
  const body = text.slice(end + 4, end + 4 + length);
  if (body.length < length) return undefined;
  return { answer: { status: Number(line.split(" ")[1]), headers, body }, length: end + 4 + length };
}

/** One request on a connection of its own. */
export async function ask(port: number, text: string): Promise<RawAnswer> {
  const client = new RawClient(port).send(text);
  const answer = await client.answer();
  client.close();
  return answer;
}

/** A well-formed POST as text; `head` lines are added. */
export function post(port: number, path: string, body: string, head: readonly string[] = []): string {
  const lines = [
    `POST ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return `${[...lines, ...head].join("\r\n")}\r\n\r\n${body}`;
}

/** A well-formed GET as text. */
export function get(port: number, path: string, head: readonly string[] = []): string {
  return `${[`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...head].join("\r\n")}\r\n\r\n`;
}
