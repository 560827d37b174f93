// Pictures that a client named by their address, fetched and put into its request: for nodes that take only the bytes. The request stays in the
// client's own dialect, and everything but the addresses stays as it came (S-40 to S-42).
import { type Failure, fail } from "../contract/failure.ts";
import type { Node } from "../contract/fleet.ts";
import { type ImageAddress, imageAddresses } from "../dialects/image-addresses.ts";
import { scanBody } from "../dialects/json-scan.ts";
import type { Course } from "./course.ts";
import type { InferenceCall } from "./exchange.ts";
import type { FetchedImage, ImageFetcher } from "./ports.ts";

const mostImages = 16;
/** Together, before they are written as base64: more than a client could send in a body. */
const mostBytes = 48 * 1024 * 1024;

/** How addresses may be fetched, from the configuration. */
export interface ImageRules {
  readonly fetch: boolean;
  readonly fetchPrivate: boolean;
}

/** Ollama knows no addresses, in none of the dialects it speaks. */
export function takesOnlyBytes(node: Node | undefined): boolean {
  return node?.can.dialects.includes("ollama") === true;
}

/** Puts the pictures into a course's call, or says why they cannot be. A client that leaves meanwhile ends it. */
export async function placeImages(course: Course, fetcher: ImageFetcher, rules: ImageRules): Promise<Failure | undefined> {
  const leaving = new AbortController();
  course.giveUp = () => leaving.abort();
  const call = await inlineImages(course.call, fetcher, rules, leaving.signal);
  course.giveUp = undefined;
  if ("failure" in call) return call.failure;
  course.call = call;
  return undefined;
}

/**
 * The call with its pictures in it; its facts no longer say that it names any. Fails as `invalid-request`, naming the field and the address's host.
 * Aborting the signal gives up every fetch.
 */
async function inlineImages(
  call: InferenceCall,
  fetcher: ImageFetcher,
  rules: ImageRules,
  signal: AbortSignal,
): Promise<InferenceCall | { readonly failure: Failure }> {
  const addresses = imageAddresses(call.body);
  const [first] = addresses;
  if (first === undefined) return withBody(call, call.body);
  if (!rules.fetch)
    return refused(first, "The model's node takes pictures only as base64, and the settings (images.fetch) forbid to fetch them.");
  if (addresses.length > mostImages) return refused(first, `At most ${mostImages} pictures are fetched for one request.`);
  const images = await fetchAll(addresses, fetcher, rules, signal);
  return "failure" in images ? images : withBody(call, withImages(call.body, addresses, images.byUrl));
}

type Images = ReadonlyMap<string, FetchedImage>;

/** Side by side, each address once; the first that fails ends the others. */
async function fetchAll(
  addresses: readonly ImageAddress[],
  fetcher: ImageFetcher,
  { fetchPrivate }: ImageRules,
  signal: AbortSignal,
): Promise<{ readonly byUrl: Images } | { readonly failure: Failure }> {
  const images = new Map<string, FetchedImage>();
  const others = new AbortController();
  const either = AbortSignal.any([signal, others.signal]);
  const first = new Map(addresses.toReversed().map((address) => [address.url, address]));
  let failed: { readonly failure: Failure } | undefined;
  let bytes = 0;
  const one = async (address: ImageAddress): Promise<void> => {
    const image = await fetcher.fetch(address.url, fetchPrivate, either);
    if ("failure" in image) failed ??= { failure: { ...image.failure, field: address.field } };
    else {
      images.set(address.url, image);
      bytes += image.bytes.length;
      if (bytes > mostBytes) failed ??= refused(address, "The pictures of this request are together larger than 48 MiB.");
    }
    if (failed !== undefined) others.abort();
  };
  await Promise.all([...first.values()].map(one));
  return failed ?? { byUrl: images };
}

function withImages(body: Buffer, addresses: readonly ImageAddress[], images: Images): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const { start, end, url, shape } of addresses) {
    const image = images.get(url);
    if (image === undefined) continue;
    const { mediaType } = image;
    const data = image.bytes.toString("base64");
    const told = shape === "text" ? `data:${mediaType};base64,${data}` : { type: "base64", media_type: mediaType, data };
    parts.push(body.subarray(at, start), Buffer.from(JSON.stringify(told)));
    at = end;
  }
  return Buffer.concat([...parts, body.subarray(at)]);
}

/** Where the model stands may have moved. */
function withBody(call: InferenceCall, body: Buffer): InferenceCall | { readonly failure: Failure } {
  const scan = scanBody(body);
  const { imageUrls: _, ...facts } = call.facts;
  return scan.ok && scan.modelSpan !== undefined
    ? { ...call, facts, body, modelSpan: scan.modelSpan }
    : { failure: fail("internal", "Homeport could not put the fetched pictures into the request.") };
}

function refused({ field }: ImageAddress, says: string): { readonly failure: Failure } {
  return { failure: fail("invalid-request", says, { field }) };
}
