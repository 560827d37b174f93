// A client's side in memory: what it was sent, how it ended, and how often it was told so.
import type { ClientReply } from "../../src-core/engine/exchange.ts";

export class MemoryReply implements ClientReply {
  headSent = false;
  status = 0;
  text = "";
  /** `end` and `destroy` together: exactly one of them, once. */
  endings = 0;
  left = false;
  readonly broken: string[] = [];
  #gone: (() => void) | undefined;

  head(status: number): void {
    if (this.left) return;
    if (this.headSent) this.broken.push("I2: two heads in one answer");
    this.headSent = true;
    this.status = status;
  }

  write(chunk: Buffer): boolean {
    if (this.left) return true;
    if (this.endings > 0) this.broken.push("I1: bytes after the end");
    this.text += chunk.toString();
    return true;
  }

  onDrain(): void {}

  end(chunk?: Buffer): void {
    if (this.left) return;
    if (chunk !== undefined) this.write(chunk);
    this.endings += 1;
  }

  destroy(): void {
    if (this.left) return;
    this.endings += 1;
  }

  onGone(callback: () => void): void {
    this.#gone = callback;
    if (this.left) callback();
  }

  /** The client goes away. */
  leave(): void {
    if (this.left || this.endings > 0) return;
    this.left = true;
    this.#gone?.();
  }
}
