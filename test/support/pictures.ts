// Small pictures of every kind that may be fetched, and a server that hands them out.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

const rest = Buffer.alloc(32, 1);
export const png = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), rest]);
export const jpeg = Buffer.concat([Buffer.from("ffd8ffe0", "hex"), rest]);
export const gif = Buffer.concat([Buffer.from("GIF89a"), rest]);
export const webp = Buffer.concat([Buffer.from("RIFF\x10\x00\x00\x00WEBPVP8 "), rest]);

export interface PictureServer {
  readonly url: string;
  readonly port: number;
  readonly asked: readonly IncomingMessage[];
}

/** Answers every GET as told, on a port of this machine, until the test ends. */
export async function servePictures(answer: (asked: IncomingMessage, response: ServerResponse) => void): Promise<PictureServer> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    response.on("error", () => undefined);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const port = portOf(server.address());
  return { url: `http://127.0.0.1:${port}`, port, asked };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("A server of pictures listens on a TCP port.");
  return address.port;
}

/** Answers with one picture. */
export function sends(picture: Buffer, type: string): (asked: IncomingMessage, response: ServerResponse) => void {
  return (_asked, response) => {
    response.writeHead(200, { "content-type": type, "content-length": picture.length });
    response.end(picture);
  };
}
