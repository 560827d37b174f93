// A child process run to its end. Rule: no child outlives its script, and each signal reaches it once.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { root } from "./paths.ts";

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** `inherit` shows the output as it comes; `collect` keeps it for whoever asked. */
  readonly output: "inherit" | "collect";
  /** The child is ended after this long. Absent: it may run for ever. */
  readonly limitMs?: number;
}

export interface ChildEnd {
  /** The exit code; 128 + n after signal n. */
  readonly code: number;
  /** Both streams in order of arrival; empty unless collected. */
  readonly text: string;
  readonly timedOut: boolean;
}

/** Runs a command in the repository and waits for its end. Signals to this process are handed on while it runs. */
export function run(command: string, args: readonly string[], options: ChildOptions): Promise<ChildEnd> {
  return new Promise((resolve, reject) => {
    const piped = options.output === "collect" ? "pipe" : "inherit";
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", piped, piped], env: { ...process.env, ...options.env } });
    const pieces: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (piece: string) => pieces.push(piece));
    let timedOut = false;
    const limit =
      options.limitMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            child.kill("SIGKILL");
          }, options.limitMs);
    const handOn = (signal: NodeJS.Signals) => void child.kill(signal);
    const signals = ["SIGINT", "SIGTERM"] as const;
    for (const signal of signals) process.on(signal, handOn);
    const release = () => {
      clearTimeout(limit);
      for (const signal of signals) process.off(signal, handOn);
    };
    child.on("error", (error) => {
      release();
      reject(error);
    });
    child.on("close", (code, signal) => {
      release();
      resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), text: pieces.join(""), timedOut });
    });
  });
}

/** Runs a script on the Node this process runs on. */
export function runNode(script: string, args: readonly string[], options: ChildOptions): Promise<ChildEnd> {
  return run(process.execPath, [script, ...args], options);
}
