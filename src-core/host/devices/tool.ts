// Runs a tool of the machine: fixed arguments, no shell, bounded in time and size. A tool that hangs is killed, and is not started a second
// time while the first still hangs: a process stuck in a driver cannot be killed at all.
import { execFile } from "node:child_process";

/** What a tool said. `absent`: it is not installed. `failed`: it is, and ended badly; `text` may still hold part of an answer. */
export type Said =
  | { readonly is: "text"; readonly text: string }
  | { readonly is: "absent" }
  | { readonly is: "failed"; readonly text: string; readonly because: string };

export type RunTool = (command: string, args: readonly string[]) => Promise<Said>;

export const toolLimitMs = 3_000;
const mostBytes = 4 * 1024 * 1024;
/** After the kill, a moment for the process to be gone. */
const goneMs = 250;

/** Still running although they were killed: by command. */
const stuck = new Set<string>();

/** Never rejects. Answers within `limitMs` and a moment. */
export function runTool(command: string, args: readonly string[], limitMs = toolLimitMs): Promise<Said> {
  if (stuck.has(command)) return Promise.resolve(hung(command, limitMs));
  return new Promise((resolve) => {
    const env = { ...process.env, LC_ALL: "C", LANG: "C" };
    const options = { timeout: limitMs, killSignal: "SIGKILL" as const, maxBuffer: mostBytes, windowsHide: true, env };
    const giveUp = setTimeout(() => {
      stuck.add(command);
      resolve(hung(command, limitMs));
    }, limitMs + goneMs);
    giveUp.unref();
    execFile(command, [...args], options, (error, stdout, stderr) => {
      clearTimeout(giveUp);
      stuck.delete(command);
      if (error === null) return resolve({ is: "text", text: stdout });
      if (error.code === "ENOENT" || error.code === "EACCES") return resolve({ is: "absent" });
      if (error.killed === true) return resolve(hung(command, limitMs));
      const words = `${stdout}\n${stderr}`.trim().split(/\r?\n/, 1)[0] ?? "";
      resolve({ is: "failed", text: stdout, because: words === "" ? `${command} failed.` : `${command}: ${words.slice(0, 300)}` });
    });
  });
}

function hung(command: string, limitMs: number): Said {
  return { is: "failed", text: "", because: `${command} did not answer within ${limitMs / 1000} s.` };
}
