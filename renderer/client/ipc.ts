// The carrier inside the desktop app: two functions that the preload exposes, and nothing else.
import type { Push, Reply, Transport } from "../../src-core/contract/api.ts";

/** What the preload puts on `window`. `listen` pushes a snapshot first and returns the function that stops. */
export interface Bridge {
  call(method: string, input: unknown): Promise<Reply>;
  listen(onPush: (push: Push) => void): () => void;
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
      return bridge.listen((push) => {
        if (!heard) onState?.(true);
        heard = true;
        onPush(push);
      });
    },
  };
}
