// Which sentence tells of a captured request: whose it is, how long its text is, and how its answer stands (S-82).
import type { Snapshot } from "../../src-core/contract/api.ts";
import type { Captured, CapturedText, CaptureState } from "../../src-core/contract/capture.ts";
import { words } from "../language/words.ts";

const said = words.request.captured;

/** "what the app with the key laptop sends and gets". */
export function capturedSays({ client }: CaptureState, { keyRequired }: Pick<Snapshot["gateway"], "keyRequired">): string {
  if (client !== null) return said.ofClient(client);
  return keyRequired ? said.ofKeyless : said.ofAll;
}

/** JSON with its lines; anything else, a stream's frames for one, as it is. */
export function readable({ text, cut }: CapturedText): string {
  if (cut) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

/** What stands beside a text: how long it is, and whether this is all of it. */
export function lengthSays({ bytes: length, cut, text }: CapturedText): string {
  return cut ? said.lengthCut(length, new TextEncoder().encode(text).length) : said.length(length);
}

/** How the answer stands. */
export function answerSays({ state, status, contentType }: Captured): string {
  const began = status === undefined ? undefined : said.began(status, contentType?.split(";")[0] ?? "");
  if (state === "running") return began === undefined ? said.notBegun : said.stillComing(began);
  if (state === "broken") return began === undefined ? said.clientLeft : said.cutOff(began);
  return began ?? said.none;
}
