// `npm start`: the desktop app where this machine can show one, otherwise the headless gateway with the same window in a browser.
import { run, runNode } from "./child.ts";
import { fetchElectron, findElectron } from "./electron-binary.ts";
import { buildIfStale } from "./freshness.ts";
import { root } from "./paths.ts";
import { sandboxHint } from "./sandbox-hint.ts";

/** An Electron that ends sooner than this with an error never came up. */
const neverCameUpMs = 5_000;

function hasDisplay(): boolean {
  if (process.platform === "darwin" || process.platform === "win32") return true;
  return Boolean(process.env["DISPLAY"] ?? process.env["WAYLAND_DISPLAY"]);
}

/** Where Electron is, or one clause that says why the desktop app cannot start. */
async function desktop(): Promise<{ readonly electron: string } | { readonly because: string }> {
  if (!hasDisplay()) return { because: "this machine has no display" };
  const found = findElectron();
  if (found !== undefined) return { electron: found };
  console.error("Homeport: fetching Electron (once) …");
  const fetched = await fetchElectron();
  return fetched === undefined ? { because: "Electron is not installed and could not be downloaded" } : { electron: fetched };
}

async function startHeadless(because: string, args: readonly string[]): Promise<number> {
  console.error(`Homeport: starting headless, because ${because}; the same window is served to your browser.`);
  await buildIfStale("window");
  const ended = await runNode(`${root}src-core/cli.ts`, ["serve", ...args], { output: "inherit" });
  return ended.code;
}

async function startDesktop(electron: string, args: readonly string[]): Promise<number> {
  await buildIfStale("window");
  await buildIfStale("desktop");
  const startedAt = Date.now();
  // Chromium refuses its sandbox to root; anyone else keeps it.
  const forRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const ended = await run(electron, [...forRoot, root, ...args], { output: "inherit" });
  if (ended.code === 0 || Date.now() - startedAt > neverCameUpMs) return ended.code;
  const hint = process.platform === "linux" ? sandboxHint() : undefined;
  if (hint !== undefined) console.error(`Homeport: ${hint}`);
  return startHeadless(`Electron ended at once with exit code ${ended.code}`, args);
}

const args = process.argv.slice(2);
const chosen = await desktop();
process.exitCode = "electron" in chosen ? await startDesktop(chosen.electron, args) : await startHeadless(chosen.because, args);
