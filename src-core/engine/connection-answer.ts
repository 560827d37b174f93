// Hears one answer of our own gateway and says how it went: when the first byte came, who answered, or the gateway's own words for why not.
import { z } from "zod";
import type { ConnectionVerdict } from "../contract/connecting.ts";
import type { Failure } from "../contract/failure.ts";
import { NodeId } from "../contract/ids.ts";
import type { Clock, UpstreamHead, UpstreamSink } from "./ports.ts";

export interface AnswerParts {
  readonly model: string;
  readonly clock: Clock;
  /** Called once. */
  readonly onVerdict: (verdict: ConnectionVerdict) => void;
}

const mostBytes = 256 * 1024;
/** Shown to a person: ours, and the form of the body. */
const shown = /^(?:x-homeport-|content-type$|retry-after$)/;

/** An error as any dialect tells it, whole or inside a stream. */
const Told = z.union([
  z.object({ error: z.string() }).transform(({ error }) => error),
  z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
  z.object({ response: z.object({ error: z.object({ message: z.string() }) }) }).transform(({ response }) => response.error.message),
]);

export class ConnectionAnswer implements UpstreamSink {
  readonly #parts: AnswerParts;
  readonly #startedAt: number;
  readonly #chunks: Buffer[] = [];
  #head: UpstreamHead = { status: 0, headers: {} };
  #firstByteMs: number | undefined;
  #bytes = 0;
  #over = false;

  constructor(parts: AnswerParts) {
    this.#parts = parts;
    this.#startedAt = parts.clock.monotonic();
  }

  onHead(head: UpstreamHead): void {
    this.#head = head;
  }

  onData(chunk: Buffer): boolean {
    this.#firstByteMs ??= this.#elapsedMs();
    this.#bytes += chunk.length;
    if (this.#bytes <= mostBytes) this.#chunks.push(chunk);
    return true;
  }

  onEnd(): void {
    const { status } = this.#head;
    const told = toldIn(Buffer.concat(this.#chunks).toString("utf8"));
    if (status < 200 || status > 299) return this.#refuse(told ?? `The gateway answered with status ${status}.`);
    if (told !== undefined) return this.#refuse(told);
    if (this.#firstByteMs === undefined) return this.#refuse("The gateway ended its answer without a word.");
    const node = NodeId.safeParse(this.#head.headers["x-homeport-node"]).data;
    const coldLoadMs = Number(this.#head.headers["x-homeport-cold-load-ms"]);
    this.#tell({
      state: "answered",
      model: this.#parts.model,
      ...(node === undefined ? {} : { node }),
      firstByteMs: this.#firstByteMs,
      totalMs: this.#elapsedMs(),
      ...(coldLoadMs > 0 ? { coldLoadMs } : {}),
      headers: this.#headers(),
    });
  }

  onFailure(failure: Failure): void {
    this.#refuse(failure.message);
  }

  /** The time is up. */
  late(ms: number): void {
    this.#refuse(`No answer came within ${Math.round(ms / 1000)} seconds. The Activity page shows what the request waited for.`);
  }

  #refuse(says: string): void {
    const { status } = this.#head;
    this.#tell({ state: "refused", model: this.#parts.model, ...(status === 0 ? {} : { status }), says, headers: this.#headers() });
  }

  #tell(verdict: ConnectionVerdict): void {
    if (this.#over) return;
    this.#over = true;
    this.#parts.onVerdict(verdict);
  }

  #headers(): Record<string, string> {
    return Object.fromEntries(Object.entries(this.#head.headers).filter(([name]) => shown.test(name)));
  }

  #elapsedMs(): number {
    return this.#parts.clock.monotonic() - this.#startedAt;
  }
}

/** The first error that an answer tells: in its only line, or in one of a stream. */
function toldIn(text: string): string | undefined {
  for (const line of text.split("\n")) {
    const plain = line.replace(/^data:\s*/, "");
    if (!plain.startsWith("{")) continue;
    try {
      const told = Told.safeParse(JSON.parse(plain));
      if (told.success) return told.data;
    } catch {
      // A line that is no JSON is no error either: comments, and bodies printed over several lines.
    }
  }
  return undefined;
}
