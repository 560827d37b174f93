// Fetches a picture from an address that a client named. The address is a stranger's word: only http and https, only public addresses unless the
// settings say otherwise, checked where the connection is really made, no redirects, and nothing but a picture is taken (S-40 to S-42).
import { isIP } from "node:net";
import type { Client, Dispatcher } from "undici";
import { type Failure, fail } from "../contract/failure.ts";
import type { FetchedImage, ImageFetcher } from "../engine/ports.ts";
import { forbiddenAddressCode, guardedLookup, type Resolve } from "./guarded-lookup.ts";
import { mediaTypeOf } from "./image-bytes.ts";
import { isForbiddenAddress, isPublicAddress } from "./node-url.ts";

const longestMs = 10_000;
const connectMs = 5_000;
const mostBytes = 20 * 1024 * 1024;
const maxHeaderBytes = 16 * 1024;

export interface ImageFetchInput {
  /** How names are resolved; the system's way when absent. */
  readonly resolve?: Resolve | undefined;
  /** For one picture, all told. */
  readonly timeoutMs?: number | undefined;
}

type Outcome = FetchedImage | { readonly failure: Failure };

/** Every fetch has a connection of its own, so that each is checked anew. */
export function createImageFetcher({ resolve, timeoutMs = longestMs }: ImageFetchInput = {}): ImageFetcher {
  return {
    async fetch(address, allowPrivate, signal) {
      const isRefused = allowPrivate ? isForbiddenAddress : (ip: string) => isForbiddenAddress(ip) || !isPublicAddress(ip);
      const url = readUrl(address, isRefused);
      if ("failure" in url) return url;
      // Read with the first picture: only here is more of undici needed than `http.ts` takes, and it is 12 MB.
      const { buildConnector, Client } = await import("undici");
      const connect = buildConnector({ timeout: connectMs, allowH2: false, lookup: guardedLookup(resolve, isRefused) });
      const client = new Client(url.origin, { connect, maxHeaderSize: maxHeaderBytes, allowH2: false, pipelining: 1 });
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const failed = (error?: unknown) => refused(url.host, signal.aborted ? "was no longer wanted" : reasonOf(error, limit, timeoutMs));
      const reading = read(client, url, limit).catch(failed);
      // undici gives a request up only once its connection is there or not: whoever waits is not to wait for that.
      const outcome = await Promise.race([reading, aborted(limit).then(failed)]);
      client.destroy().catch(() => undefined);
      return outcome;
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** The URL class makes octal, hex, mapped and other spellings of a number plain before it is judged. */
function readUrl(address: string, isRefused: (ip: string) => boolean): URL | { readonly failure: Failure } {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:"))
    return { failure: fail("invalid-request", "A picture's address must begin with http:// or https://.") };
  if (url.username !== "" || url.password !== "") return refused(url.host, "must not hold a user name or password");
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  return isIP(host) !== 0 && isRefused(host) ? refused(url.host, notAllowed) : url;
}

const notAllowed = "leads to an address that Homeport does not fetch pictures from (settings: images.fetchPrivate)";

async function read(client: Client, url: URL, signal: AbortSignal): Promise<Outcome> {
  const { statusCode, headers, body } = await client.request({
    path: url.pathname + url.search,
    method: "GET",
    headers: { accept: "image/png, image/jpeg, image/webp, image/gif", "user-agent": "homeport" },
    signal,
  });
  const wrong = wrongHead(statusCode, headers);
  if (wrong !== undefined) return refused(url.host, wrong);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > mostBytes) return refused(url.host, tooLarge);
    chunks.push(chunk);
  }
  const whole = Buffer.concat(chunks);
  const mediaType = mediaTypeOf(whole);
  const told = contentType(headers);
  if (mediaType === undefined || mediaType !== told) return refused(url.host, `says that it is ${told}, which its bytes are not`);
  return { mediaType, bytes: whole };
}

const tooLarge = "is larger than 20 MiB";
const known: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);

type Headers = Dispatcher.ResponseData["headers"];

/** A redirect would be another address, named by yet another stranger. */
function wrongHead(status: number, headers: Headers): string | undefined {
  if (status >= 300 && status <= 399) return "answered with a redirect, which Homeport does not follow";
  if (status !== 200) return `answered with status ${status}`;
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") return "is sent compressed";
  if (Number(headers["content-length"] ?? 0) > mostBytes) return tooLarge;
  const type = contentType(headers);
  return known.has(type) ? undefined : "is no PNG, JPEG, WebP or GIF";
}

function contentType(headers: Headers): string {
  const told = headers["content-type"];
  const plain = (typeof told === "string" ? told : "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return plain === "image/jpg" ? "image/jpeg" : plain;
}

/** Says what went wrong without telling what is behind a name. */
function reasonOf(error: unknown, limit: AbortSignal, timeoutMs: number): string {
  if (limit.aborted) return `did not come within ${Math.round(timeoutMs / 1000)} s`;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === forbiddenAddressCode ? notAllowed : "could not be fetched: its server did not answer properly";
}

/** `host`: with its port; the rest of an address may hold a secret. */
function refused(host: string, why: string): { readonly failure: Failure } {
  return { failure: fail("invalid-request", `The picture at ${host.slice(0, 200)} ${why}. Send it as base64 instead.`) };
}
