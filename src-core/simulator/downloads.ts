// Downloads that a server does on its own, for whoever looks: LM Studio's jobs and the llama-server router's cache. apis.md 4.2, 5.1.
import { z } from "zod";
import type { Disk, Fetch } from "./disk.ts";
import type { KindParts } from "./kind.ts";

const stepMs = 100;

const Asked = z.object({ model: z.string() });

export interface Download {
  readonly fetch: Fetch;
  state: "downloading" | "completed" | "failed";
  stop: () => void;
}

/** Fetches that go on whoever watches. */
export class Downloads {
  readonly #parts: KindParts;
  readonly #all: Download[] = [];

  constructor(parts: KindParts) {
    this.#parts = parts;
  }

  get all(): readonly Download[] {
    return this.#all;
  }

  /** The name that a body asks for. */
  nameIn(body: Buffer): string {
    try {
      return Asked.safeParse(JSON.parse(body.toString("utf8"))).data?.model ?? "";
    } catch {
      return "";
    }
  }

  /** Its number among all downloads, or undefined where the library has no such model. */
  begin(name: string): number | undefined {
    const { disk } = this.#parts;
    const fetch = disk.begin(name);
    if (fetch === undefined) return undefined;
    const download: Download = { fetch, state: "downloading", stop: () => undefined };
    this.#all.push(download);
    this.#step(disk, download);
    return this.#all.length - 1;
  }

  /** Whether this model came by a download. */
  has(name: string): boolean {
    return this.#all.some(({ fetch, state }) => state === "completed" && fetch.model.name === name);
  }

  /** Gives up what is being fetched by this name. */
  cancel(name: string): boolean {
    const running = this.#all.find(({ fetch, state }) => state === "downloading" && fetch.model.name === name);
    if (running === undefined) return false;
    running.stop();
    running.state = "failed";
    this.#parts.disk.abandon(name);
    return true;
  }

  close(): void {
    for (const { stop } of this.#all) stop();
  }

  #step(disk: Disk, download: Download): void {
    download.stop = this.#parts.clock.after(stepMs, () => {
      const { fetch } = download;
      if (!disk.write(fetch, (disk.bytesPerSecond * stepMs) / 1000)) {
        download.state = "failed";
        disk.abandon(fetch.model.name);
      } else if (fetch.done < fetch.model.bytes) this.#step(disk, download);
      else {
        disk.finish(fetch);
        download.state = "completed";
      }
    });
  }
}
