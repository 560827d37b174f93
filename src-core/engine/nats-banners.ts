// A standing message while a NATS server is away. Nothing else waits for it: what does not go over NATS works as ever (F63).
import type { Banner } from "../contract/api.ts";
import type { NatsState } from "./nats-port.ts";

export class NatsBanners {
  readonly #show: (id: string, banner: Omit<Banner, "id"> | undefined) => void;
  readonly #shown = new Map<string, string>();

  /** `show`: undefined takes a banner away. */
  constructor(show: (id: string, banner: Omit<Banner, "id"> | undefined) => void) {
    this.#show = show;
  }

  /** `state` undefined: nobody needs that server any more. */
  tell(url: string, state: NatsState | undefined): void {
    const body = state?.state === "away" ? bodyOf(state) : undefined;
    // Told at every try to connect: only what is new changes the window.
    if (this.#shown.get(url) === body) return;
    const id = `nats-away:${url}`;
    if (body === undefined) {
      this.#shown.delete(url);
      return this.#show(id, undefined);
    }
    this.#shown.set(url, body);
    this.#show(id, { level: "warning", title: "NATS is away", body, action: "retryNats" });
  }
}

function bodyOf({ because, needsPerson }: Extract<NatsState, { state: "away" }>): string {
  return needsPerson
    ? `${because.message} It is not tried again until that is mended; workers behind it are not used meanwhile.`
    : `${because.message} It is tried again for ever; workers behind it are not used meanwhile, everything else is.`;
}
