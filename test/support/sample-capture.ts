// A house whose requests are being captured, and one of them: what the window must be able to show of S-82.
import type { Snapshot } from "../../src-core/contract/api.ts";
import type { Captured } from "../../src-core/contract/capture.ts";
import { RequestId } from "../../src-core/contract/ids.ts";
import { noon } from "./builders.ts";
import { sampleSnapshot } from "./sample-snapshot.ts";

const id = RequestId.parse("r6");
const request = JSON.stringify({
  model: "llama3.2:3b",
  stream: true,
  messages: [{ role: "user", content: "Which of my three lamps uses the least power?" }],
});
const answer = ["Which", " one", " is", " it?"]
  .map((content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`)
  .join("");

export const capturingSnapshot: Snapshot = {
  ...sampleSnapshot,
  capture: { client: "laptop", until: noon + 12 * 60_000 + 30_000, requests: [id] },
};

export const sampleCaptured: Captured = {
  id,
  at: noon - 20_000,
  path: "/v1/chat/completions",
  request: { text: request, bytes: request.length, cut: false },
  answer: { text: answer, bytes: 1_400_000, cut: true },
  status: 200,
  contentType: "text/event-stream",
  state: "ended",
};
