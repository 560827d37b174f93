// One window's event stream: pushes as server-sent events. For a slow reader only the newest state is kept, never a growing backlog.
import type { Push } from "../contract/api.ts";
import type { CarriedPush, ChangeEncoder } from "../contract/changes.ts";
import type { ClientReply } from "../engine/exchange.ts";

/** Rows and notices kept for a reader that does not read; older ones are dropped, since every row is sent whole again when it changes. */
const mostRows = 500;
const mostNotices = 100;

type Rows = Extract<Push, { type: "activity" }>["rows"];
type Notice = Extract<Push, { type: "notice" }>["notice"];

/** Writes pushes to a reply whose head was sent, until `stop`. */
export class PushStream {
  readonly #reply: ClientReply;
  readonly #encoder: ChangeEncoder | undefined;
  readonly #timer: ReturnType<typeof setInterval>;
  #blocked = false;
  #snapshot: Push | undefined;
  readonly #rows = new Map<string, Rows[number]>();
  #notices: Notice[] = [];

  /** `encoder`: for readers that keep the last snapshot and want only what changed. */
  constructor(reply: ClientReply, keepAliveMs: number, encoder?: ChangeEncoder) {
    this.#reply = reply;
    this.#encoder = encoder;
    this.#timer = setInterval(() => this.#send(": still here\n\n"), keepAliveMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  push(push: Push): void {
    if (this.#blocked) this.#keep(push);
    // Made when it is really sent: what a slow reader missed is in the next change.
    else this.#send(frame(this.#encoder?.encode(push) ?? push));
  }

  #send(text: string): void {
    if (this.#blocked) return;
    if (this.#reply.write(Buffer.from(text))) return;
    this.#blocked = true;
    this.#reply.onDrain(() => {
      this.#blocked = false;
      this.#flush();
    });
  }

  #keep(push: Push): void {
    switch (push.type) {
      case "snapshot":
        this.#snapshot = push;
        return;
      case "activity":
        for (const row of push.rows) {
          this.#rows.delete(row.id);
          this.#rows.set(row.id, row);
        }
        for (const id of this.#rows.keys()) {
          if (this.#rows.size <= mostRows) return;
          this.#rows.delete(id);
        }
        return;
      case "notice":
        this.#notices = [...this.#notices, push.notice].slice(-mostNotices);
    }
  }

  #flush(): void {
    const kept: Push[] = this.#notices.map((notice) => ({ type: "notice", notice }));
    if (this.#rows.size > 0) kept.unshift({ type: "activity", rows: [...this.#rows.values()] });
    if (this.#snapshot !== undefined) kept.unshift(this.#snapshot);
    this.#snapshot = undefined;
    this.#rows.clear();
    this.#notices = [];
    for (const push of kept) this.push(push);
  }
}

/** JSON has no bare newline, so one `data:` line holds any push. */
function frame(push: CarriedPush): string {
  return `event: ${push.type}\ndata: ${JSON.stringify(push)}\n\n`;
}
