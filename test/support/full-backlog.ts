// An address that answers no SYN: a listener in a process that never accepts, with its queue filled. The nearest thing on loopback to a host
// that is switched off (F02). Linux drops the handshake of whoever comes to a full queue.
import { spawn } from "node:child_process";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";

const listening =
  "const s = require('node:net').createServer();" +
  "s.listen({ host: '127.0.0.1', port: Number(process.argv[1]), backlog: 1 }, () => {" +
  "require('node:fs').writeSync(1, 'up'); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); });";

/** How long a filler waits for its handshake before the queue counts as full. */
const fullAfterMs = 150;

/** Fills the port for the rest of the test. */
export async function blackholePort(port: number): Promise<void> {
  const child = spawn(process.execPath, ["-e", listening, String(port)], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => resolve());
    child.once("exit", (code) => reject(new Error(`The listener ended with ${code}.`)));
  });
  const fillers: Socket[] = [];
  onTestFinished(() => {
    for (const filler of fillers) filler.destroy();
  });
  while (await joins(port, fillers));
}

function joins(port: number, fillers: Socket[]): Promise<boolean> {
  return new Promise((resolve) => {
    const filler = connect(port, "127.0.0.1");
    fillers.push(filler);
    filler.on("error", () => undefined);
    const timer = setTimeout(() => resolve(false), fullAfterMs);
    filler.once("connect", () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
