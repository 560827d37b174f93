// The yardstick: the least a Node proxy can do. node:http in, undici's dispatcher out, body buffered and parsed once (reliability.md, "overhead
// bar": whoever routes by model has to), bytes passed on, abort and backpressure kept.
// Run as a process of its own: node bare-proxy.ts UPSTREAM_URL…; prints one line with its address.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Dispatcher, Pool } from "undici";

const pools = process.argv
  .slice(2)
  .map((url) => new Pool(url, { connections: 4096, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 4000 }));
let turn = 0;

/** Passes one answer on. `gone` is set before the controller exists when the client leaves early. */
class PassOn implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private readonly response: ServerResponse;

  constructor(response: ServerResponse) {
    this.response = response;
    response.on("close", () => {
      if (!response.writableFinished) this.controller?.abort(new Error("client left"));
    });
    response.on("drain", () => this.controller?.resume());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.response.destroyed) controller.abort(new Error("client left"));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    delete headers["connection"];
    delete headers["keep-alive"];
    delete headers["transfer-encoding"];
    this.response.writeHead(status, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.response.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    this.response.end();
  }

  onResponseError(): void {
    if (this.response.headersSent) this.response.destroy();
    else this.response.writeHead(502).end();
  }
}

function forward(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const pool = pools[turn++ % pools.length];
  pool?.dispatch(
    {
      path: request.url ?? "/",
      method: "POST",
      headers: { "content-type": request.headers["content-type"] ?? "application/json", accept: request.headers.accept ?? "*/*" },
      body,
    },
    new PassOn(response),
  );
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const [only] = chunks;
    const body = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
    const asked: unknown = JSON.parse(body.toString("utf8"));
    if (typeof asked === "object" && asked !== null && "model" in asked) forward(request, response, body);
    else response.writeHead(400).end();
  });
});
server.listen(0, "127.0.0.1", 4096, () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`);
});
process.on("SIGTERM", () => process.exit(0));
