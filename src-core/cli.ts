// The headless root: reads the command line, puts Homeport together, prints where it is, and stops it cleanly.
// Exit codes: 0 clean stop, 2 bad usage or configuration, 3 port taken.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { editDistance } from "./domain/names.ts";
import type { ConfigSource, Log } from "./engine/ports.ts";
import { CannotListen, type Homeport, PortTaken, startHomeport } from "./homeport.ts";
import { systemClock } from "./host/clock.ts";
import { openConfigFile } from "./host/config-file.ts";
import { defaultDataDir } from "./host/data-dir.ts";
import { openJournal } from "./host/journal.ts";
import { openLog } from "./host/log.ts";
import { redisAnnouncer } from "./host/redis.ts";
import { environmentSecrets } from "./host/secrets.ts";
import { openSettings, type Settings } from "./host/settings.ts";
import { confSettingsFile } from "./host/settings-file.ts";
import { withDemoMemory } from "./simulator/demo-memory.ts";
import { withDemoRouting } from "./simulator/demo-routing.ts";
import { type SimulatedFleet, startDemoFleet } from "./simulator/fleet.ts";
import { BadSimulateFile, runSimulate } from "./simulator/simulate-command.ts";

const usage = `Usage:
  cli.ts serve [--config FILE] [--data DIR] [--host H] [--port 4663] [--control-port 4664] [--demo] [--no-discover] [--json]
  cli.ts simulate --nodes N [--config FILE] [--json]`;

const exitBadUsage = 2;
const exitPortTaken = 3;
/** Answers under way get this long after Ctrl-C; a second Ctrl-C ends at once. */
const drainMs = 5_000;
/** A signal this soon after the first is its echo: npm passes on what the terminal sent already, and `conf` raises again what it caught. */
const echoMs = 500;

class BadUsage extends Error {}

const serveOptions = {
  config: { type: "string" },
  data: { type: "string" },
  host: { type: "string" },
  port: { type: "string" },
  "control-port": { type: "string" },
  demo: { type: "boolean" },
  "no-discover": { type: "boolean" },
  json: { type: "boolean" },
} as const;
const simulateOptions = { nodes: { type: "string" }, config: { type: "string" }, json: { type: "boolean" } } as const;

async function main(argv: readonly string[]): Promise<void> {
  const [command, ...args] = argv;
  switch (command) {
    case "serve":
      return serve(read(args, serveOptions));
    case "simulate":
      return simulate(read(args, simulateOptions));
    case "help":
    case "--help":
      console.log(usage);
      return;
    default:
      throw new BadUsage(command === undefined ? "A command is missing." : `There is no command ${JSON.stringify(command)}.`);
  }
}

function read<T extends NonNullable<Parameters<typeof parseArgs>[0]>["options"]>(args: readonly string[], options: T) {
  const known = Object.keys(options ?? {});
  for (const arg of args) {
    const name = /^--([^=]+)/.exec(arg)?.[1];
    if (name === undefined || known.includes(name)) continue;
    const near = known.find((one) => editDistance(one, name) <= 2);
    throw new BadUsage(`There is no option --${name}.${near === undefined ? "" : ` Did you mean --${near}?`}`);
  }
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new BadUsage(error instanceof Error ? error.message : String(error));
  }
}

function portOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new BadUsage(`--${name}: expected a port from 0 to 65535, got ${JSON.stringify(text)}.`);
}

async function serve(options: ReturnType<typeof read<typeof serveOptions>>): Promise<void> {
  const data = options.data ?? defaultDataDir();
  const log = openLog();
  const port = portOf("port", options.port);
  const controlPort = portOf("control-port", options["control-port"]);
  const demo = options.demo === true ? await startDemoFleet() : undefined;
  const { source, settings } = openSource(options.config, data, log, demo);
  let homeport: Homeport;
  try {
    const journal = openJournal(join(data, "history.sqlite"), log);
    homeport = await startHomeport({
      config: demo === undefined ? source : withDemoRouting(source),
      secrets: environmentSecrets(),
      journal: demo === undefined ? journal : withDemoMemory(journal),
      log,
      announcer: redisAnnouncer(systemClock, log),
      clock: systemClock,
      draw: Math.random,
      desktop: false,
      demo: demo !== undefined,
      version: version(),
      listen: {
        ...(options.host === undefined ? {} : { host: hostOf(options.host, source) }),
        ...(port === undefined ? {} : { port }),
        ...(controlPort === undefined ? {} : { controlPort }),
      },
      whenPortTaken: "fail",
      control: true,
      discover: options["no-discover"] !== true && options.config === undefined,
      rendererDir: fileURLToPath(new URL("../dist/renderer", import.meta.url)),
    });
  } catch (error) {
    await demo?.stop();
    throw error;
  }
  if (settings !== undefined) tellOfSettings(homeport, settings);
  announce(homeport, options.json === true, demo !== undefined);
  onStop(async () => {
    await homeport.stop(drainMs);
    await demo?.stop();
    if (settings?.close() === false) log.error({}, "the last settings could not be written");
  });
}

/** `--config FILE` is the whole document; otherwise the settings kept under `--data`. */
function openSource(
  file: string | undefined,
  data: string,
  log: Log,
  demo: SimulatedFleet | undefined,
): { source: ConfigSource; settings: Settings | undefined } {
  const extraNodes = demo?.nodes.map(({ config }) => config) ?? [];
  if (file === undefined) {
    const settings = openSettings(confSettingsFile(data), { clock: systemClock, log, extraNodes });
    return { source: settings, settings };
  }
  const opened = openConfigFile(file, { clock: systemClock, extraNodes });
  if ("failure" in opened) throw new BadUsage(opened.failure.message);
  return { source: opened, settings: undefined };
}

/** A wider address on the command line needs a key as much as one in the configuration does (S-01). */
function hostOf(host: string, source: ConfigSource): string {
  const loopback = ["127.0.0.1", "localhost", "::1", "[::1]"].includes(host.toLowerCase());
  if (loopback || source.current().gateway.key !== undefined) return host;
  throw new BadUsage(
    `--host: expected a loopback address, got ${JSON.stringify(host)}. A gateway that others can reach needs gateway.key in its configuration.`,
  );
}

function tellOfSettings({ engine }: Homeport, settings: Settings): void {
  if (settings.recovered !== undefined) {
    engine.notify({ kind: "settings-recovered", title: "Settings were repaired", body: settings.recovered.slice(0, 199), urgent: false });
    engine.banner("settings-recovered", { level: "warning", title: "Settings were repaired", body: settings.recovered });
  }
  settings.onTrouble((trouble) => engine.banner("settings-not-saved", trouble));
}

function announce(homeport: Homeport, json: boolean, demo: boolean): void {
  const { gatewayUrl: gateway, controlUrl: control, token } = homeport;
  if (json) {
    console.log(JSON.stringify({ event: "ready", gateway, control, token, pid: process.pid }));
    return;
  }
  const window = `${control}/#token=${token}`;
  console.log(`Homeport ${version()}${demo ? " (demo: simulated nodes)" : ""}
  OpenAI clients   ${gateway}/v1
  Ollama clients   ${gateway}
  Window           ${window}`);
  openBrowser(window);
}

/** Only where somebody could see it. */
function openBrowser(url: string): void {
  const display = process.platform === "darwin" || process.platform === "win32" || process.env["DISPLAY"] || process.env["WAYLAND_DISPLAY"];
  if (!display || !process.stdout.isTTY) return;
  const [command, ...args] =
    process.platform === "darwin" ? ["open", url] : process.platform === "win32" ? ["explorer", url] : ["xdg-open", url];
  // Without a browser to open, the printed address has to do.
  spawn(command ?? "xdg-open", args, { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
}

async function simulate(options: ReturnType<typeof read<typeof simulateOptions>>): Promise<void> {
  const nodes = Number(options.nodes ?? (options.config === undefined ? Number.NaN : 0));
  if (!Number.isInteger(nodes) || nodes < (options.config === undefined ? 1 : 0) || nodes > 1000) {
    throw new BadUsage(`--nodes: expected a number from 1 to 1000, got ${JSON.stringify(options.nodes ?? null)}.`);
  }
  const running = await runSimulate({ nodes, config: options.config, json: options.json === true }, (line) => console.log(line));
  onStop(() => running.stop());
}

/** The first signal stops in order, the second at once. */
function onStop(stop: () => Promise<void>): void {
  const keepAlive = setInterval(() => undefined, 2 ** 30);
  let beganAt: number | undefined;
  const begin = () => {
    if (beganAt !== undefined) {
      if (performance.now() - beganAt > echoMs) process.exit(1);
      return;
    }
    beganAt = performance.now();
    clearInterval(keepAlive);
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", begin);
  process.on("SIGTERM", begin);
}

function version(): string {
  const file = new URL("../package.json", import.meta.url);
  if (!existsSync(file)) return "0.0.0";
  const read: unknown = JSON.parse(readFileSync(file, "utf8"));
  return typeof read === "object" && read !== null && "version" in read ? String(read.version) : "0.0.0";
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof BadUsage || error instanceof BadSimulateFile) {
    console.error(error instanceof BadUsage ? `${error.message}\n\n${usage}` : error.message);
    process.exit(exitBadUsage);
  }
  if (error instanceof PortTaken || error instanceof CannotListen) {
    console.error(error.message);
    process.exit(error instanceof PortTaken ? exitPortTaken : exitBadUsage);
  }
  console.error(error);
  process.exit(1);
});
