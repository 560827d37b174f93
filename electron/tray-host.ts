// Whether this desktop has a place for a tray icon, and since when. macOS and Windows always have one. On Linux somebody must own the name of the
// watcher: plain GNOME has nobody, and at login it may come after us (P-03, P-04, UX-19).
import type { Clock, Log } from "../src-core/engine/ports.ts";
import { sessionBusAddress, watchName } from "./session-bus.ts";

/** The name that KDE gave it and everybody took over. */
const watcher = "org.kde.StatusNotifierWatcher";
/** The bus itself may come late at login: it is tried again for a minute. */
const retryMs = 2_000;
const retries = 30;
/** A bus that says nothing for this long does not hold up the start. */
const firstAnswerMs = 1_000;

/** `unknown`: no bus says. A tray is then tried, because not knowing is no fault. */
export type TrayPlace = "there" | "missing" | "unknown";

export interface TrayHostParts {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: Log;
  /** Every change after the first answer. */
  readonly onChange: (place: TrayPlace) => void;
}

export interface TrayHost {
  readonly place: TrayPlace;
  readonly stop: () => void;
}

/** Resolves with what is known after at most a second; later changes are told. */
export function watchTrayHost(parts: TrayHostParts): Promise<TrayHost> {
  const address = parts.platform === "linux" ? sessionBusAddress(parts.env) : undefined;
  if (parts.platform !== "linux") return Promise.resolve({ place: "there", stop: () => {} });
  if (address === undefined) return Promise.resolve({ place: "unknown", stop: () => {} });
  return new Promise((resolve) => {
    const watch = new BusWatch(parts, address);
    const first = (place: TrayPlace) => {
      forget();
      watch.onPlace = parts.onChange;
      resolve({ place, stop: () => watch.stop() });
    };
    const forget = parts.clock.after(firstAnswerMs, () => first(watch.place));
    watch.onPlace = first;
    watch.start();
  });
}

/** One watch over the lives of several connections. */
class BusWatch {
  onPlace: (place: TrayPlace) => void = () => {};
  #place: TrayPlace | undefined;
  #left = retries;
  #stop: () => void = () => {};
  readonly #parts: TrayHostParts;
  readonly #address: string;

  constructor(parts: TrayHostParts, address: string) {
    this.#parts = parts;
    this.#address = address;
  }

  get place(): TrayPlace {
    return this.#place ?? "unknown";
  }

  start(): void {
    const { clock, log } = this.#parts;
    this.#stop = watchName({
      address: this.#address,
      name: watcher,
      onOwned: (owned) => {
        this.#left = retries;
        this.#say(owned ? "there" : "missing");
      },
      onEnd: (because) => {
        if (this.#left === retries) log.info({ because }, "The session bus cannot be asked about a tray.");
        this.#left -= 1;
        // An icon that is there may go on living; what was missing without a bus stays so.
        if (this.#place === undefined) this.#say("unknown");
        if (this.#left > 0) this.#stop = clock.after(retryMs, () => this.start());
      },
    });
  }

  stop(): void {
    this.#stop();
  }

  #say(place: TrayPlace): void {
    if (place === this.#place) return;
    this.#place = place;
    this.onPlace(place);
  }
}
