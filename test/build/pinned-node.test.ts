// The launcher that every npm script goes through: exit codes and Ctrl+C.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const launcher = new URL("../../build/pinned-node.mjs", import.meta.url).href;
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Launches a script of these lines through the launcher; `inShell` puts a shell between, as npm does. */
function launch(script: string, inShell = false): ChildProcess {
  const folder = mkdtempSync(join(tmpdir(), "homeport-launch-"));
  folders.push(folder);
  writeFileSync(join(folder, "script.mjs"), script);
  const path = relative(root, join(folder, "script.mjs"));
  const run = `import { runPinned } from ${JSON.stringify(launcher)}; runPinned(${JSON.stringify(path)}, ["--demo"]);`;
  writeFileSync(join(folder, "run.mjs"), run);
  const [command, args]: [string, readonly string[]] = inShell
    ? ["sh", ["-c", `"${process.execPath}" "${join(folder, "run.mjs")}"; true`]]
    : [process.execPath, [join(folder, "run.mjs")]];
  return spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
}

const exit = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once("exit", resolve));

/** Collects lines until `count` have come. */
function lines(child: ChildProcess, count: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null) return reject(new Error("not piped"));
    const seen: string[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => {
      seen.push(line);
      if (seen.length === count) resolve(seen);
    });
  });
}

test("flags after `npm start --` reach the script, and its exit code comes back", async () => {
  const child = launch(`console.log(process.argv[2]); process.exitCode = 3;`);
  expect(await lines(child, 1)).toEqual(["--demo"]);
  expect(await exit(child)).toBe(3);
});

test("Ctrl+C, which a terminal and npm both send, reaches the script once: a second one would cut its clean stop short", async () => {
  const child = launch(`
    let count = 0;
    process.on("SIGINT", () => { count += 1; if (count === 1) setTimeout(() => { console.log("interrupted " + count); process.exit(0); }, 200); });
    setInterval(() => {}, 1000);
    console.log("ready");
  `);
  const told = lines(child, 2);
  child.stdout?.once("data", () => {
    child.kill("SIGINT");
    child.kill("SIGINT");
  });
  expect((await told)[1]).toBe("interrupted 1");
  expect(await exit(child)).toBe(0);
});

test.skipIf(process.platform === "win32")(
  "when npm's shell is killed, the script is ended too: an orphan would keep the port taken",
  async () => {
    const child = launch(
      `process.on("SIGTERM", () => { console.log("ended"); process.exit(0); }); setInterval(() => {}, 1000); console.log("ready");`,
      true,
    );
    const told = lines(child, 2);
    child.stdout?.once("data", () => child.kill("SIGKILL"));
    expect((await told)[1]).toBe("ended");
  },
);
