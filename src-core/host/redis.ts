// Publishes to Redis without anybody ever waiting for it: connected to at the first message, given two seconds, left alone for a while after a
// failure. What cannot be sent is dropped. The address may hold a password, so it is never put into a line of the log.
import { createClient } from "@redis/client";
import type { Announcer, Clock, Log } from "../engine/ports.ts";

const timeoutMs = 2_000;
/** Messages under way; more are dropped while the server is slow. */
const mostUnderWay = 100;
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

interface Connection {
  readonly client: ReturnType<typeof clientFor>;
  /** Settles when the server has greeted. */
  readonly ready: Promise<unknown>;
}

/** Nothing is opened until something is published. A changed address is followed with the next message. */
export function redisAnnouncer(clock: Clock, log: Log): Announcer {
  let line: Line | undefined;
  return {
    publish(address, channel, message) {
      if (line?.address !== address) {
        line?.close();
        line = new Line(address, clock, log);
      }
      line.publish(channel, message);
    },
    close() {
      line?.close();
      line = undefined;
    },
  };
}

/** The connection to one address. */
class Line {
  readonly address: string;
  readonly #clock: Clock;
  readonly #log: Log;
  #open: Connection | undefined;
  #underWay = 0;
  #pauseMs = firstPauseMs;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #troubled = false;
  #closed = false;

  constructor(address: string, clock: Clock, log: Log) {
    this.address = address;
    this.#clock = clock;
    this.#log = log;
  }

  publish(channel: string, message: string): void {
    if (this.#closed || this.#underWay >= mostUnderWay || this.#clock.monotonic() < this.#pausedUntil) return;
    this.#underWay += 1;
    void this.#send(channel, message).finally(() => {
      this.#underWay -= 1;
    });
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  async #send(channel: string, message: string): Promise<void> {
    let connection: Connection | undefined;
    try {
      connection = this.#connected();
      const { client, ready } = connection;
      await this.#within(ready.then(() => client.publish(channel, message)));
      if (this.#troubled) this.#log.info({}, "figures are published to Redis again");
      this.#troubled = false;
      this.#pauseMs = firstPauseMs;
    } catch (error) {
      this.#failed(error, connection);
    }
  }

  /** A server that took the connection and says nothing is as good as none. */
  #within<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const forget = this.#clock.after(timeoutMs, () => reject(new Error(`no answer within ${timeoutMs} ms`)));
      work.then(resolve, reject).finally(forget);
    });
  }

  #connected(): Connection {
    if (this.#open !== undefined) return this.#open;
    const client = clientFor(this.address);
    const failed = (error: unknown) => this.#failed(error, connection);
    client.on("error", failed);
    const connection = { client, ready: client.connect() };
    this.#open = connection;
    return connection;
  }

  /** Many messages may fail of one cause: the first is told and begins the pause. */
  #failed(error: unknown, connection: Connection | undefined): void {
    if (this.#closed || connection !== this.#open) return;
    this.#drop();
    this.#pausedUntil = this.#clock.monotonic() + this.#pauseMs;
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2);
    if (!this.#troubled) this.#log.warn({ says: wordOf(error) }, "figures are not published: Redis does not take them");
    this.#troubled = true;
  }

  #drop(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    open.ready.catch(() => undefined);
    open.client.destroy();
  }
}

function clientFor(address: string) {
  return createClient({
    url: address,
    socket: { connectTimeout: timeoutMs, reconnectStrategy: false },
    disableClientInfo: true,
    maintNotifications: "disabled",
  });
}

/** What went wrong, without what the library may quote of the address. */
function wordOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const code = "code" in error ? String(error.code) : "";
  if (/^[A-Z_]+$/.test(code)) return code;
  const reply = /^(?:NOAUTH|WRONGPASS|NOPERM)\b/.exec(error.message)?.[0];
  return reply ?? (error.message.startsWith("no answer") ? error.message : error.name);
}
