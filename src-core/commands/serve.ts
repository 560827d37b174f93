// `serve`: the headless root. Puts Homeport together, says where it is, and stops it in order.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ConfigSource, Log } from "../engine/ports.ts";
import { type Homeport, startHomeport } from "../homeport.ts";
import { systemClock } from "../host/clock.ts";
import { openConfigFile } from "../host/config-file.ts";
import { defaultDataDir } from "../host/data-dir.ts";
import { openDevices } from "../host/devices.ts";
import { dropWhatStartLeft } from "../host/heap.ts";
import { openJournal } from "../host/journal.ts";
import { openLog } from "../host/log.ts";
import { redisWhenAsked } from "../host/redis-when-asked.ts";
import { environmentSecrets } from "../host/secrets.ts";
import { openSettings, type Settings } from "../host/settings.ts";
import { confSettingsFile } from "../host/settings-file.ts";
import { thisComputer } from "../host/this-computer.ts";
import type { SimulatedFleet } from "../simulator/fleet.ts";
import { BadUsage, portOf, type readOptions } from "./options.ts";
import { onStop } from "./stopping.ts";

/** Answers under way get this long after Ctrl-C; a second Ctrl-C ends at once. */
const drainMs = 5_000;

export const serveOptions = {
  config: { type: "string" },
  data: { type: "string" },
  host: { type: "string" },
  port: { type: "string" },
  "control-port": { type: "string" },
  demo: { type: "boolean" },
  "demo-nodes": { type: "string" },
  "no-discover": { type: "boolean" },
  json: { type: "boolean" },
} as const;

/** Runs until it is stopped. Throws `BadUsage`, `PortTaken` or `CannotListen` with nothing left running. */
export async function serve(options: ReturnType<typeof readOptions<typeof serveOptions>>): Promise<void> {
  const data = options.data ?? defaultDataDir();
  const log = openLog();
  const port = portOf("port", options.port);
  const controlPort = portOf("control-port", options["control-port"]);
  const house =
    options.demo === true
      ? await (await import("../simulator/demo-house.ts")).startDemoHouse(demoNodesOf(options["demo-nodes"]))
      : undefined;
  const demo = house?.fleet;
  const { source, settings } = openSource(options.config, data, log, demo);
  let homeport: Homeport;
  try {
    const journal = openJournal(join(data, "history.sqlite"), log);
    homeport = await startHomeport({
      config: house?.config(source) ?? source,
      secrets: environmentSecrets(),
      journal: house?.journal(journal) ?? journal,
      devices: openDevices({ clock: systemClock }),
      log,
      announcer: redisWhenAsked(systemClock, log),
      clock: systemClock,
      thisComputer,
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
      dataDir: data,
      rendererDir: fileURLToPath(new URL("../../dist/renderer", import.meta.url)),
    });
  } catch (error) {
    await demo?.stop();
    throw error;
  }
  if (settings !== undefined) tellOfSettings(homeport, settings);
  announce(homeport, options.json === true, demo !== undefined);
  // Early, so that what is compiled anew after it is not compiled twice under load.
  systemClock.after(startedMs, dropWhatStartLeft);
  onStop(async () => {
    await homeport.stop(drainMs);
    await demo?.stop();
    if (settings?.close() === false) log.error({}, "the last settings could not be written");
  });
}

/** A start is over after this. */
const startedMs = 200;

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

/** How many simulated machines; the demo's own few where nothing is asked for. */
function demoNodesOf(asked: string | undefined): number | undefined {
  if (asked === undefined) return undefined;
  const nodes = Number(asked);
  if (Number.isInteger(nodes) && nodes >= 1 && nodes <= 1000) return nodes;
  throw new BadUsage(`--demo-nodes: expected a number from 1 to 1000, got ${JSON.stringify(asked)}.`);
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

function version(): string {
  const file = new URL("../../package.json", import.meta.url);
  if (!existsSync(file)) return "0.0.0";
  const read: unknown = JSON.parse(readFileSync(file, "utf8"));
  return typeof read === "object" && read !== null && "version" in read ? String(read.version) : "0.0.0";
}
