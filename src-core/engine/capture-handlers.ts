// The contract's methods about captured requests: switched on, looked at, forgotten. Nothing of them is written anywhere.
import type { Handlers } from "../contract/api.ts";
import { type Failure, fail } from "../contract/failure.ts";
import type { HandlerParts } from "./handlers.ts";

const done = {} as const;

export function captureHandlers({ capture, engine }: HandlerParts) {
  return {
    startCapture: async ({ client }) => {
      if (capture === undefined) return { failure: fail("unsupported", "There is no gateway here whose requests could be captured.") };
      const names = engine.config.clients.map(({ name }) => name);
      if (client !== null && !names.includes(client))
        return { failure: fail("not-found", `There is no client key "${client.slice(0, 64)}".`, { near: names }) };
      return capture.start(client);
    },
    stopCapture: async () => {
      capture?.stop();
      return done;
    },
    captured: async ({ request }) => capture?.find(request) ?? { failure: notCaptured },
    forgetCaptured: async ({ request }) => (capture?.forget(request) === true ? done : { failure: notCaptured }),
  } satisfies Partial<Handlers>;
}

const notCaptured: Failure = fail("not-found", "This request was not captured, or is forgotten already.");
