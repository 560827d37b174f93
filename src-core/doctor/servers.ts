// NATS and Redis, where the settings name them: does the server there greet as one, and does it let us in. Nothing is published, and no password is
// ever told.
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { z } from "zod";
import type { Config } from "../contract/config.ts";
import type { Finding } from "../contract/diagnosis.ts";
import { parsed } from "../dialects/shapes.ts";
import type { NatsAddress } from "../engine/nats-port.ts";
import type { Secrets } from "../engine/ports.ts";
import { adviceOnVersion, natsRoad } from "../host/nats-address.ts";

const greetMs = 2_000;
const mostBytes = 16 * 1024;

export async function examineServers({ nats, nodes, cluster, metrics }: Config, secrets: Secrets): Promise<readonly Finding[]> {
  const workers = nodes.flatMap(({ nats: url, natsCredentials: credentials, natsCa: ca, natsPlain: plain }) =>
    url === undefined ? [] : [{ url, credentials, ca, plain }],
  );
  const named: readonly NatsAddress[] = [...(nats === undefined ? [] : [nats]), ...workers];
  const unlike = named.filter(({ url }, at) => named.findIndex((other) => other.url === url) === at);
  const nothing: Finding = { id: "nats", level: "skipped", title: "NATS", says: "The settings name no NATS server." };
  const ofNats =
    unlike.length === 0 && cluster === undefined ? [nothing] : await Promise.all(unlike.map((one) => examineNats(one, secrets)));
  return [...ofNats, await examineRedis(metrics.redis, secrets)];
}

const Info = z.object({ version: z.string(), auth_required: z.boolean().optional(), tls_required: z.boolean().optional() });

async function examineNats(address: NatsAddress, secrets: Secrets): Promise<Finding> {
  const road = natsRoad(address, secrets);
  const about = { id: `nats:${address.url}`, title: "NATS" };
  if ("failure" in road) return { ...about, level: "error", says: road.failure.message, fix: { says: "Mend nats in the settings." } };
  const { hostname, port } = new URL(`tcp://${road.server}`);
  const said = await greeting(connectPlain({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) }), undefined);
  if (said === undefined) {
    const fix = { says: `Start it, or look whether a firewall keeps ${road.server} from this computer.` };
    return { ...about, level: "error", says: `No NATS server answers at ${road.server}, so its workers are not used.`, fix };
  }
  const info = Info.safeParse(parsed(/^INFO (\{.*\})/.exec(said)?.[1] ?? "")).data;
  if (info === undefined)
    return {
      ...about,
      level: "error",
      says: `What answers at ${road.server} is no NATS server.`,
      fix: { says: "Mend nats.url in the settings." },
    };
  if (info.auth_required === true && road.identity === undefined)
    return {
      ...about,
      level: "error",
      says: `The NATS server at ${road.server} asks who we are, and no credentials are set.`,
      fix: { says: "Name them under nats.credentials." },
    };
  if (info.tls_required === true && !road.encrypted)
    return {
      ...about,
      level: "error",
      says: `The NATS server at ${road.server} wants TLS.`,
      fix: { says: "Write its address with tls:// in the settings." },
    };
  const advice = adviceOnVersion(info.version);
  if (advice !== undefined) return { ...about, level: "warning", says: advice, fix: { says: "Update nats-server." } };
  return { ...about, level: "ok", says: `NATS ${info.version} greets at ${road.server}.` };
}

async function examineRedis(named: Config["metrics"]["redis"], secrets: Secrets): Promise<Finding> {
  const about = { id: "redis", title: "Redis" };
  if (named === undefined) return { ...about, level: "skipped", says: "The settings name no Redis." };
  const address = typeof named === "string" ? named : secrets.resolve(named);
  if (address === undefined) return { ...about, level: "skipped", says: "Its address is not there; see its key." };
  const url = URL.parse(address);
  if (url === null || !/^rediss?:$/.test(url.protocol))
    return {
      ...about,
      level: "error",
      says: "Its address is none.",
      fix: { says: "Write it as redis://host:6379 or rediss://host:6379." },
    };
  const where = { host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || 6379) };
  const shown = `${where.host}:${where.port}`;
  const socket = url.protocol === "rediss:" ? connectTls({ ...where, servername: where.host }) : connectPlain(where);
  const said = await greeting(socket, "PING\r\n");
  if (said === undefined)
    return {
      ...about,
      level: "warning",
      says: `No Redis answers at ${shown}, so figures are not published. Requests do not wait for it.`,
      fix: { says: `Start it, or look whether a firewall keeps ${shown} from this computer.` },
    };
  // Who wants a password first is a Redis too.
  if (/^(?:\+PONG|-NOAUTH|-WRONGPASS|-NOPERM)/.test(said)) return { ...about, level: "ok", says: `Redis answers at ${shown}.` };
  return {
    ...about,
    level: "warning",
    says: `What answers at ${shown} is no Redis.`,
    fix: { says: "Mend metrics.redis in the settings." },
  };
}

/** The first line that a server says, after `word` where it waits for one; undefined where it says none in two seconds. */
function greeting(socket: Socket, word: string | undefined): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = "";
    const done = (line: string | undefined) => {
      clearTimeout(limit);
      socket.destroy();
      resolve(line);
    };
    const limit = setTimeout(() => done(undefined), greetMs);
    socket.setEncoding("utf8");
    socket.on("error", () => done(undefined));
    socket.once("close", () => done(said === "" ? undefined : said));
    socket.on("data", (text: string) => {
      said += text;
      if (said.includes("\n") || said.length > mostBytes) done(said.split("\r\n", 1)[0]);
    });
    if (word !== undefined) socket.write(word);
  });
}
