// Small callers for the simulator's own tests: a request that can be read frame by frame, and one that is read whole.
import { type ClientRequest, type IncomingHttpHeaders, request } from "node:http";

/** An answer as it comes in. `frames` grows; `ended` tells how it ended. */
export interface Listening {
  readonly request: ClientRequest;
  /** Resolves with the status; rejects when the connection fails first. */
  readonly head: Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders }>;
  readonly text: () => string;
  /** Resolves with "complete", "cut" or the error's code. */
  readonly ended: Promise<string>;
}

/** Sends a request and listens; `body` absent means GET. */
export function ask(url: string, body?: object, headers: Record<string, string> = {}): Listening {
  let text = "";
  const ended = Promise.withResolvers<string>();
  const head = Promise.withResolvers<{ status: number; headers: IncomingHttpHeaders }>();
  head.promise.catch(() => undefined);
  const call = request(url, { method: body === undefined ? "GET" : "POST", headers, agent: false }, (response) => {
    head.resolve({ status: response.statusCode ?? 0, headers: response.headers });
    response.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    response.on("end", () => ended.resolve("complete"));
    response.on("error", () => ended.resolve("cut"));
  });
  call.on("error", (error) => {
    const code = "code" in error ? String(error.code) : error.message;
    head.reject(error);
    ended.resolve(code);
  });
  call.end(body === undefined ? undefined : JSON.stringify(body));
  return { request: call, head: head.promise, text: () => text, ended: ended.promise };
}

/** The whole answer as JSON. */
export async function askJson(
  url: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: unknown }> {
  const listening = ask(url, body, headers);
  const { status } = await listening.head;
  await listening.ended;
  const text = listening.text();
  return { status, body: text === "" ? undefined : JSON.parse(text) };
}

export const hello = [{ role: "user", content: "Say hello." }];
