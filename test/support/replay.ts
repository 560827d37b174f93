// A tiny server that answers with replies recorded from real servers (test/fixtures), and remembers what it was asked.
import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { z } from "zod";

const Recorded = z.object({
  response: z.object({ status: z.number(), headers: z.record(z.string(), z.string()), chunks: z.array(z.string()) }),
});

/** An answer to give: `chunks` are written one by one, as they arrived on the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: readonly string[];
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers by itself where it needs to (streams that wait, sockets that break); otherwise returns a reply. */
export type Route = (asked: Asked, response: ServerResponse) => Reply | Promise<Reply> | undefined;

export interface ReplayServer {
  readonly url: string;
  readonly port: number;
  readonly asked: readonly Asked[];
  readonly server: Server;
  stop(): Promise<void>;
}

/** The recorded reply `test/fixtures/<folder>/<name>.json`. */
export function recorded(folder: string, name: string): Reply {
  const file = join(import.meta.dirname, "..", "fixtures", folder, `${name}.json`);
  const { status, headers, chunks } = Recorded.parse(JSON.parse(readFileSync(file, "utf8"))).response;
  // Framing and connection belong to the recording's own wire, not to ours.
  const kept = Object.entries(headers).filter(([header]) => !["connection", "transfer-encoding", "content-length"].includes(header));
  return { status, headers: Object.fromEntries(kept), chunks };
}

export function reply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    chunks: [typeof body === "string" ? body : JSON.stringify(body)],
  };
}

/** Listens on a free loopback port. `asked.path` keeps its query. Stopping cuts every connection. */
export async function startReplay(route: Route): Promise<ReplayServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const one = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(parts).toString(),
      };
      asked.push(one);
      void answer(route(one, response), response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, port, asked, server, stop };
}

async function answer(chosen: ReturnType<Route>, response: ServerResponse): Promise<void> {
  const { status, headers, chunks } = (await chosen) ?? { status: 0, headers: {}, chunks: [] };
  if (status === 0) return;
  response.writeHead(status, headers);
  for (const chunk of chunks) response.write(chunk);
  response.end();
}
