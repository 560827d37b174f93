// `npm run dev`: the engine restarted on every change, and the window hot from Vite with its control calls passed on to that engine.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { createServer, type ViteDevServer } from "vite";
import { z } from "zod";
import { root } from "./paths.ts";

/** The first line of `serve --json`. */
const Ready = z.object({ event: z.literal("ready"), gateway: z.string(), control: z.string(), token: z.string() });

function startWindow(control: string): Promise<ViteDevServer> {
  return createServer({
    configFile: `${root}build/vite.renderer.ts`,
    server: {
      host: "127.0.0.1",
      // The control port answers its own origin only; the proxy speaks as that origin.
      proxy: { "/control": { target: control, changeOrigin: true, headers: { origin: control } } },
    },
  });
}

const engine = spawn(
  process.execPath,
  ["--watch", "--watch-preserve-output", `${root}src-core/cli.ts`, "serve", "--json", ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  },
);
let vite: ViteDevServer | undefined;

async function announce(line: string): Promise<void> {
  const ready = Ready.safeParse(line.startsWith("{") ? JSON.parse(line) : undefined);
  if (!ready.success) {
    console.log(line);
    return;
  }
  // The engine takes the same ports again after a change, so one Vite serves all its lives; only the token is new.
  if (vite === undefined) {
    vite = await startWindow(ready.data.control);
    await vite.listen();
  }
  const window = vite.resolvedUrls?.local[0] ?? "";
  console.log(`Gateway ${ready.data.gateway}\nWindow  ${window}#token=${ready.data.token}`);
}

createInterface({ input: engine.stdout }).on("line", (line) => {
  announce(line).catch((error: unknown) => {
    console.error(error);
    engine.kill();
  });
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void engine.kill(signal));
engine.on("exit", (code) => {
  process.exitCode = code ?? 0;
  void vite?.close();
});
