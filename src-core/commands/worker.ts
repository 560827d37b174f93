// `worker`: the engine on a machine with models, reached over NATS. Reads the options, puts the worker together, says where it is, and drains it when
// it is told to stop.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { NodeUrl } from "../contract/config.ts";
import { NodeId } from "../contract/ids.ts";
import { NatsUrl } from "../contract/nats.ts";
import type { NatsAddress } from "../engine/nats-port.ts";
import { systemClock } from "../host/clock.ts";
import { defaultDataDir } from "../host/data-dir.ts";
import { openDevices } from "../host/devices.ts";
import { openJournal } from "../host/journal.ts";
import { openLog } from "../host/log.ts";
import { natsOpener } from "../host/nats.ts";
import { environmentSecrets } from "../host/secrets.ts";
import { nodeKinds } from "../nodes/index.ts";
import { survey } from "../nodes/survey.ts";
import { startWorker } from "../worker.ts";
import { BadUsage, type readOptions } from "./options.ts";
import { onStop } from "./stopping.ts";
import { unitFor } from "./worker-unit.ts";

/** Answers under way get this long after SIGTERM; a second one ends at once. */
const drainMs = 30_000;
const defaultJobs = 4;

export const workerOptions = {
  id: { type: "string" },
  runtime: { type: "string", multiple: true },
  nats: { type: "string" },
  "nats-credentials": { type: "string" },
  "nats-ca": { type: "string" },
  "nats-plain": { type: "boolean" },
  jobs: { type: "string" },
  data: { type: "string" },
  json: { type: "boolean" },
  "install-unit": { type: "string" },
} as const;

type Options = ReturnType<typeof readOptions<typeof workerOptions>>;

interface Wish {
  readonly id: string;
  readonly runtimes: readonly string[];
  readonly nats: NatsAddress | undefined;
  readonly jobsAtOnce: number;
}

/** Runs until it is stopped, or prints a unit and ends. Throws `BadUsage`. */
export async function runWorker(options: Options, args: readonly string[], print: (line: string) => void): Promise<void> {
  const wish = wishOf(options);
  const system = options["install-unit"];
  if (system !== undefined) {
    const cli = fileURLToPath(new URL("../cli.ts", import.meta.url));
    return print(unitFor(system, { id: wish.id, node: process.execPath, cli, args: withoutUnit(args) }).trimEnd());
  }
  const log = openLog();
  const secrets = environmentSecrets();
  const host = { log, secrets, clock: systemClock, draw: Math.random };
  const worker = await startWorker({
    ...wish,
    ...host,
    version: version(),
    openNats: natsOpener(host),
    kinds: nodeKinds,
    survey,
    devices: openDevices({ clock: systemClock }),
    journal: openJournal(join(options.data ?? defaultDataDir(), `worker-${wish.id}.sqlite`), log),
  });
  const { nats } = wish;
  if (options.json === true) print(JSON.stringify({ event: "ready", id: wish.id, nats: nats?.url, pid: process.pid }));
  else print(`Homeport worker ${wish.id} ${version()}\n  NATS        ${nats?.url ?? "none"}\n  Runtimes    ${wish.runtimes.join(", ")}`);
  onStop(() => worker.stop(drainMs));
}

function wishOf(options: Options): Wish {
  const id = NodeId.safeParse(options.id ?? "");
  // In a subject a dot would begin another part.
  if (!id.success || id.data.includes("."))
    throw new BadUsage(`--id: expected a name of letters, digits, '_' and '-', got ${JSON.stringify(options.id ?? null)}.`);
  const { runtime = [] } = options;
  if (runtime.length === 0) throw new BadUsage("--runtime is missing: the address of a server with models, like http://127.0.0.1:11434.");
  const odd = runtime.find((url) => !NodeUrl.safeParse(url).success);
  if (odd !== undefined) throw new BadUsage(`--runtime: expected http://host:port, got ${JSON.stringify(odd)}.`);
  const jobs = Number(options.jobs ?? defaultJobs);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 1_024)
    throw new BadUsage(`--jobs: expected a number from 1 to 1024, got ${options.jobs}.`);
  return { id: id.data, runtimes: [...new Set(runtime.map((url) => url.replace(/\/+$/, "")))], nats: natsOf(options), jobsAtOnce: jobs };
}

function natsOf(options: Options): NatsAddress | undefined {
  const { nats: url, "nats-credentials": credentials, "nats-ca": ca, "nats-plain": plain = false } = options;
  if (url === undefined) throw new BadUsage("--nats is missing: the address of a NATS server, like nats://127.0.0.1:4222.");
  if (!NatsUrl.safeParse(url).success)
    throw new BadUsage(
      "--nats: expected nats://host:4222 or tls://host:4222, without a user or password; name a file with --nats-credentials.",
    );
  return {
    url,
    plain,
    ...(credentials === undefined ? {} : { credentials: { file: resolve(credentials) } }),
    ...(ca === undefined ? {} : { ca: readText("--nats-ca", ca) }),
  };
}

function readText(option: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new BadUsage(`${option}: ${file} cannot be read.`);
  }
}

/** The unit starts the worker; it does not print itself. */
function withoutUnit(args: readonly string[]): string[] {
  const at = args.findIndex((arg) => arg.startsWith("--install-unit"));
  return args.toSpliced(at, args[at] === "--install-unit" ? 2 : 1);
}

function version(): string {
  const file = new URL("../../package.json", import.meta.url);
  if (!existsSync(file)) return "0.0.0";
  const read: unknown = JSON.parse(readFileSync(file, "utf8"));
  return typeof read === "object" && read !== null && "version" in read ? String(read.version) : "0.0.0";
}
