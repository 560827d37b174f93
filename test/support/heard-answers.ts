// Everything that servers of this process say, heard where they say it: whatever client a test uses, and whether it looks or not.
import { ServerResponse } from "node:http";

const listeners = new Map<number, (text: string) => void>();
let isHooked = false;

/** Tells every head and every part of an answer on this port, as text. Returns the function that stops. */
export function hearAnswers(port: number, onText: (text: string) => void): () => void {
  if (!isHooked) for (const method of ["writeHead", "write", "end"]) hook(method);
  isHooked = true;
  listeners.set(port, onText);
  return () => listeners.delete(port);
}

function hook(method: string): void {
  const original: unknown = Reflect.get(ServerResponse.prototype, method);
  if (typeof original !== "function") throw new Error(`node:http has no ${method}.`);
  Object.defineProperty(ServerResponse.prototype, method, {
    configurable: true,
    writable: true,
    value: function (this: ServerResponse, ...args: unknown[]): unknown {
      const onText = listeners.get(this.socket?.localPort ?? 0);
      if (onText !== undefined) for (const arg of args) onText(textOf(arg));
      return Reflect.apply(original, this, args);
    },
  });
}

function textOf(said: unknown): string {
  if (typeof said === "string") return said;
  if (said instanceof Uint8Array) return Buffer.from(said.buffer, said.byteOffset, said.byteLength).toString("utf8");
  return typeof said === "object" ? JSON.stringify(said) : "";
}
