// Links to NATS for tests: opened with the machine's clock, closed when the test ends, and waited for by their state.
import { onTestFinished } from "vitest";
import type { NatsAddress, NatsLink, NatsState } from "../../src-core/engine/nats-port.ts";
import type { Log } from "../../src-core/engine/ports.ts";
import { systemClock } from "../../src-core/host/clock.ts";
import { natsOpener } from "../../src-core/host/nats.ts";
import { environmentSecrets } from "../../src-core/host/secrets.ts";

export interface LinkOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly log?: Log;
}

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

export function openLink(address: NatsAddress | string, name: string, { env = {}, log = silent }: LinkOptions = {}): NatsLink {
  const open = natsOpener({ secrets: environmentSecrets(env), log, clock: systemClock, draw: () => 0 });
  const link = open(typeof address === "string" ? { url: address } : address, name);
  onTestFinished(() => link.close());
  return link;
}

/** Resolves with the first state that fits, the present one included. */
export function untilState<S extends NatsState["state"]>(
  link: NatsLink,
  state: S,
  fits: (state: Extract<NatsState, { state: S }>) => boolean = () => true,
): Promise<Extract<NatsState, { state: S }>> {
  return new Promise((resolve) => {
    const look = (now: NatsState) => {
      if (!isIn(now, state) || !fits(now)) return;
      stop();
      resolve(now);
    };
    const stop = link.onState(look);
    look(link.state());
  });
}

function isIn<S extends NatsState["state"]>(now: NatsState, state: S): now is Extract<NatsState, { state: S }> {
  return now.state === state;
}

/** Resolves once the server knows everything that was said on this link before, subscriptions above all: another connection may be quicker. */
export async function settled(link: NatsLink, subject = "nobody.listens.here"): Promise<void> {
  await link.request(subject, new Uint8Array(0), 10_000);
}
