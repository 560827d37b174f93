// `worker`: the engine on a machine with models, reached over NATS. Reads the options, puts the worker together, says where it is, and drains it when
// it is told to stop.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isLoopbackHost, NodeUrl } from "../contract/config.ts";
import { NodeId } from "../contract/ids.ts";
import { NatsUrl } from "../contract/nats.ts";
import type { NatsAddress } from "../engine/nats-port.ts";
import { systemClock } from "../host/clock.ts";
import { defaultDataDir } from "../host/data-dir.ts";
import { openDevices } from "../host/devices.ts";
import { dropWhatStartLeft } from "../host/heap.ts";
import { openJournal } from "../host/journal.ts";
import { readKeyFile } from "../host/key-file.ts";
import { openLog } from "../host/log.ts";
import { natsOpener } from "../host/nats.ts";
import { environmentSecrets } from "../host/secrets.ts";
import { keyHash } from "../ingress/guard.ts";
import type { NotListening } from "../ingress/listen.ts";
import { gatewayRole, type NatsRole, permissionsText, workerRole } from "../ingress/nats-permissions.ts";
import { nodeKinds } from "../nodes/index.ts";
import { survey } from "../nodes/survey.ts";
import { startWorker, type WorkerOptions } from "../worker.ts";
import { BadUsage, portOf, type readOptions } from "./options.ts";
import { onStop } from "./stopping.ts";
import { unitFor } from "./worker-unit.ts";

/** Answers under way get this long after SIGTERM; a second one ends at once. */
const drainMs = 30_000;
const defaultJobs = 4;
/** Where neurons listen (apis.md 7), and nobody but this machine hears it. */
const defaultListen = "127.0.0.1:13131";

export const workerOptions = {
  id: { type: "string" },
  runtime: { type: "string", multiple: true },
  nats: { type: "string" },
  "nats-credentials": { type: "string" },
  "nats-ca": { type: "string" },
  "nats-plain": { type: "boolean" },
  listen: { type: "string" },
  "token-file": { type: "string" },
  jobs: { type: "string" },
  data: { type: "string" },
  json: { type: "boolean" },
  "install-unit": { type: "string" },
  permissions: { type: "boolean" },
} as const;

type Options = ReturnType<typeof readOptions<typeof workerOptions>>;

interface Wish {
  readonly id: string;
  readonly runtimes: readonly string[];
  readonly nats: NatsAddress | undefined;
  readonly listen: WorkerOptions["listen"];
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
  if (options.permissions === true) return print(permissionsOf(wish.id));
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
  if ("failure" in worker) throw new NotOpened(worker, wish.listen?.port);
  // Before it is announced: whoever waits for that line may end it at once.
  onStop(() => worker.stop(drainMs));
  announce(wish, worker.port, options.json === true, print);
  dropWhatStartLeft(true);
}

/** The port cannot be had: exit code 3 where another program has it, 2 for any other reason. */
class NotOpened extends Error {
  readonly exitCode: number;
  constructor({ failure, taken }: NotListening, port: number | undefined) {
    super(taken === undefined ? failure.message : `Port ${port} is taken by another program. Stop it, or choose another with --listen.`);
    this.exitCode = taken === undefined ? 2 : 3;
  }
}

function announce({ id, nats, listen, runtimes }: Wish, port: number | undefined, json: boolean, print: (line: string) => void): void {
  const everywhere = listen !== undefined && ["0.0.0.0", "::", "[::]"].includes(listen.host);
  const http = port === undefined ? undefined : `http://${everywhere ? "127.0.0.1" : listen?.host}:${port}`;
  if (json) return print(JSON.stringify({ event: "ready", id, http, nats: nats?.url, pid: process.pid }));
  print(
    `Homeport worker ${id} ${version()}\n  NATS        ${nats?.url ?? "none"}\n  HTTP        ${http}\n  Runtimes    ${runtimes.join(", ")}`,
  );
}

/** Users for nats-server's configuration; the nkeys are `nk -gen user`'s. */
function permissionsOf(id: string): string {
  const user = (role: string, permissions: NatsRole) => `    # ${role}\n    { nkey: U…, permissions: ${permissionsText(permissions)} }`;
  return `authorization {\n  users: [\n${user(`worker ${id}`, workerRole(id))}\n${user("gateway (home: its cluster.name)", gatewayRole())}\n  ]\n}`;
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
  const listen = listenOf(options);
  return {
    id: id.data,
    listen,
    runtimes: [...new Set(runtime.map((url) => url.replace(/\/+$/, "")))],
    nats: natsOf(options),
    jobsAtOnce: jobs,
  };
}

function natsOf(options: Options): NatsAddress | undefined {
  const { nats: url, "nats-credentials": credentials, "nats-ca": ca, "nats-plain": plain = false } = options;
  if (url === undefined) return undefined;
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

/** `host:port`; a token guards it, and beyond loopback it must. */
function listenOf({ listen = defaultListen, "token-file": tokenFile }: Options): WorkerOptions["listen"] {
  const [, host = "", digits = ""] = /^(.*):(\d{1,5})$/.exec(listen) ?? [];
  const port = portOf("listen", digits === "" ? undefined : digits);
  if (host === "" || port === undefined) throw new BadUsage(`--listen: expected HOST:PORT, got ${JSON.stringify(listen)}.`);
  if (tokenFile === undefined) {
    if (isLoopbackHost(host)) return { host, port, tokenHash: undefined };
    throw new BadUsage(
      `--listen: others could reach ${listen}, so it needs a token. Write one to a file that only you can read, and name it with --token-file.`,
    );
  }
  const read = readKeyFile(resolve(tokenFile));
  if ("why" in read) throw new BadUsage(`--token-file: ${read.why}`);
  return { host, port, tokenHash: keyHash(read.value) };
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
