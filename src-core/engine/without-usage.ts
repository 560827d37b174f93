// Takes the events out of a stream that answer our own wish for usage. Runs on every chunk of a stream that was wished for: one native search each,
// and nothing is decoded but what may be such an event.
import { dataOf } from "../dialects/openai.ts";
import { isUsageAlone } from "../dialects/usage-wish.ts";

const choices = Buffer.from('"choices"');
const [colon, space, opening, closing] = [0x3a, 0x20, 0x5b, 0x5d];

/** Whole frames as the client would have got them without the wish. */
export function withoutUsage(frames: Buffer): Buffer {
  for (let at = frames.indexOf(choices); at >= 0; at = frames.indexOf(choices, at + choices.length)) {
    if (!isEmptyList(frames, at + choices.length)) continue;
    const start = frameStart(frames, at);
    const end = frameEnd(frames, at);
    const data = dataOf(frames.toString("utf8", start, end));
    if (data !== undefined && isUsageAlone(data)) return withoutUsage(Buffer.concat([frames.subarray(0, start), frames.subarray(end)]));
  }
  return frames;
}

function isEmptyList(bytes: Buffer, from: number): boolean {
  let at = from;
  while (bytes[at] === colon || bytes[at] === space) at += 1;
  if (bytes[at] !== opening) return false;
  do at += 1;
  while (bytes[at] === space);
  return bytes[at] === closing;
}

function frameStart(bytes: Buffer, at: number): number {
  const plain = bytes.lastIndexOf("\n\n", at);
  const withCr = bytes.lastIndexOf("\r\n\r\n", at);
  return Math.max(plain < 0 ? 0 : plain + 2, withCr < 0 ? 0 : withCr + 4);
}

function frameEnd(bytes: Buffer, at: number): number {
  const plain = bytes.indexOf("\n\n", at);
  const withCr = bytes.indexOf("\r\n\r\n", at);
  const ends = [plain < 0 ? bytes.length : plain + 2, withCr < 0 ? bytes.length : withCr + 4];
  return Math.min(...ends);
}
