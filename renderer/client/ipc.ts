// The carrier inside the desktop app: two functions that the preload exposes, and nothing else.
import type { Reply, Transport } from "../../src-core/contract/api.ts";
import { type CarriedPush, ChangeDecoder } from "../../src-core/contract/changes.ts";

/** What the preload puts on `window`. `listen` pushes a snapshot first and returns the function that stops. */
export interface Bridge {
  call(method: string, input: unknown): Promise<Reply>;
  listen(onPush: (push: CarriedPush) => void): () => void;
}

declare global {
  interface Window {
    readonly bridge?: Bridge;
  }
}

/** The engine lives in the same application, so the carrier counts as connected from the first push on. */
export function ipcTransport(bridge: Bridge): Transport {
  return {
    call: (method, input) => bridge.call(method, input),
    listen: (onPush, onState) => {
      let heard = false;
      const decoder = new ChangeDecoder();
      return bridge.listen((carried) => {
        if (!heard) onState?.(true);
        heard = true;
        const push = decoder.decode(carried);
        if (push !== undefined) onPush(push);
      });
    },
  };
}
