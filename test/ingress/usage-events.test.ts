import { expect, it, onTestFinished } from "vitest";
import type { UsageState } from "../../src-core/contract/api.ts";
import type { ClientReply } from "../../src-core/engine/exchange.ts";
import { UsageEvents } from "../../src-core/ingress/usage-events.ts";

const state = (requests: number): UsageState => ({
  at: requests,
  inFlight: {},
  queues: {},
  totals: { requests, failed: 0, attempts: requests, tokensIn: 0, tokensOut: 0 },
});

/** A reader that takes one frame and then stops, until it is told to go on. */
function slowReader() {
  const frames: string[] = [];
  let onDrain = () => {};
  let open = true;
  const reply: ClientReply = {
    headSent: true,
    head: () => {},
    write(chunk) {
      frames.push(chunk.toString());
      return open;
    },
    onDrain(callback) {
      onDrain = callback;
    },
    end: () => {},
    destroy: () => {},
    onGone: () => {},
  };
  return {
    frames,
    reply,
    block: () => {
      open = false;
    },
    drain: () => {
      open = true;
      onDrain();
    },
  };
}

it("2.6: a reader that does not read costs at most ten states; the newest are kept and come in order", () => {
  const reader = slowReader();
  const events = new UsageEvents(reader.reply, 60_000);
  onTestFinished(() => events.stop());
  events.push(state(0));
  reader.block();
  for (let n = 1; n <= 500; n++) events.push(state(n));
  expect(reader.frames).toHaveLength(2);
  reader.drain();
  const seen = reader.frames.map((frame) => Number(/"at":(\d+)/.exec(frame)?.[1]));
  expect(seen).toEqual([0, 1, ...Array.from({ length: 10 }, (_, n) => 491 + n)]);
  for (const frame of reader.frames) expect(frame).toMatch(/^event: usage\ndata: \{.*\}\n\n$/);
});
