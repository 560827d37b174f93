// The two doors, from outside: are their ports ours, do they answer a foreign web page with 403 (S-02 to S-06), and does anybody on the network reach
// what should be reached from this computer only (S-01).
import { request } from "node:http";
import { connect, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { type Config, isLoopbackHost } from "../contract/config.ts";
import type { Finding } from "../contract/diagnosis.ts";
import type { Survey } from "../engine/ports.ts";

const answerMs = 2_000;
const knockMs = 500;
/** A free one is looked for among so many. */
const portsTried = 20;
const mostAddresses = 4;
const stranger = "homeport-doctor.example";

type DoorName = "gateway" | "control";

/** A door as it is wished for in this run, and the port a running Homeport has; undefined: none runs, or it was not asked. */
interface DoorWish {
  readonly host: string;
  readonly port: number;
  readonly bound: number | undefined;
}
export type Doors = Readonly<Record<DoorName, DoorWish>>;

export interface DoorsParts {
  readonly config: Config;
  readonly survey: Survey;
  readonly doors: Doors;
  /** False in the desktop app, which has no control port. */
  readonly control: boolean;
  readonly signal: AbortSignal;
}

/** Everything about where we listen. */
export async function examineDoors(parts: DoorsParts): Promise<readonly Finding[]> {
  const names: readonly DoorName[] = parts.control ? ["gateway", "control"] : ["gateway"];
  const found = await Promise.all(names.map((name) => examineDoor(parts, name)));
  return [...found.flat(), ...bindFindings(parts.config, parts.doors.gateway.host)];
}

/** What settings and address alone say of who may come in. Pure. */
export function bindFindings({ gateway, clients }: Config, host: string): readonly Finding[] {
  const title = "Who can reach the gateway";
  if (isLoopbackHost(host)) return [{ id: "bind", level: "ok", title, says: "Only programs on this computer." }];
  const keys = clients.length > 0 ? "keys of clients" : "a key";
  const wide: Finding = {
    id: "bind",
    level: "note",
    title,
    says: `Every machine that reaches this one, at ${host}, with ${keys}. What is sent is not encrypted.`,
    fix: { says: "If only this computer shall reach it, listen on 127.0.0.1.", change: { what: "loopback" } },
  };
  if (gateway.allowOllamaRoutes.length === 0) return [wide];
  const routes: Finding = {
    id: "ollama-routes",
    level: "warning",
    title: "What others may do to your models",
    says: `Whoever holds a key may ${gateway.allowOllamaRoutes.join(", ")} models from other machines too.`,
    fix: { says: "Take these routes away.", change: { what: "close-ollama-routes" } },
  };
  return [wide, routes];
}

async function examineDoor(parts: DoorsParts, name: DoorName): Promise<readonly Finding[]> {
  const { host, port: wanted, bound: ours } = parts.doors[name];
  const free = ours === undefined ? await whoHas(parts, name, host, wanted) : movedFinding(name, wanted, ours);
  const port = ours ?? (free.level === "note" ? wanted : undefined);
  if (port === undefined) return [free];
  const reached = await askedFromOutside(name, host, port);
  return isLoopbackHost(host) ? [free, reached, await knockedAt(name, port)] : [free, reached];
}

const titleOf = (name: DoorName) => (name === "gateway" ? "Gateway port" : "Control port");

/** The port we listen on beside the one that is asked for (F54). */
function movedFinding(door: DoorName, wanted: number, port: number): Finding {
  const about = { id: `${door}-port`, title: titleOf(door) };
  if (wanted === 0 || wanted === port) return { ...about, level: "ok", says: `Homeport listens on ${port}.` };
  return {
    ...about,
    level: "warning",
    says: `Another program has port ${wanted}, so Homeport listens on ${port}: apps that use ${wanted} do not find it.`,
    fix: { says: `End the other program and restart, or keep port ${port}.`, change: { what: "port", door, port } },
  };
}

async function whoHas({ survey, signal }: DoorsParts, door: DoorName, host: string, port: number): Promise<Finding> {
  const about = { id: `${door}-port`, title: titleOf(door) };
  if (port === 0) return { ...about, level: "ok", says: "Any free port is taken at the start." };
  const taken = await tryPort(host, port);
  if (taken === undefined) return { ...about, level: "ok", says: `Port ${port} is free.` };
  if (taken === "EACCES")
    return { ...about, level: "error", says: `Port ${port} may not be used by this account.`, fix: await otherPort(door, host, port) };
  if (taken === "EADDRNOTAVAIL")
    return {
      ...about,
      level: "error",
      says: `This computer has no address ${host}.`,
      fix: { says: `Set ${door}.host to one of its own, or to 127.0.0.1.` },
    };
  const found = await survey.fingerprint(`http://127.0.0.1:${port}`, signal);
  if (found.kind === "homeport")
    return {
      ...about,
      level: "note",
      says: `A Homeport has port ${port}. To look through its eyes, give its --token, or use the button in its settings.`,
    };
  if ((await headOf({ port, host: `127.0.0.1:${port}`, path: "/" }))?.ours === true)
    return { ...about, level: "note", says: `A Homeport has port ${port}.` };
  return { ...about, level: "error", says: `Another program has port ${port} (${found.label}).`, fix: await otherPort(door, host, port) };
}

async function otherPort(door: DoorName, host: string, taken: number): Promise<NonNullable<Finding["fix"]>> {
  const from = Math.max(taken, 1024);
  for (let port = from + 1; port <= Math.min(from + portsTried, 65_535); port += 1) {
    if ((await tryPort(host, port)) === undefined)
      return { says: `End the other program, or use port ${port}.`, change: { what: "port", door, port } };
  }
  return { says: `End the other program, or set ${door}.port to a free one.` };
}

/** Why this port cannot be opened, as Node's code; undefined where it can. It is closed at once. */
function tryPort(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve("code" in error ? String(error.code) : "unknown"));
    server.listen({ host: host.replace(/^\[|\]$/g, ""), port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** Asks as a page of a foreign site would after DNS rebinding, and as one with its own origin: both must be refused with 403. */
async function askedFromOutside(name: DoorName, host: string, port: number): Promise<Finding> {
  const about = { id: `${name}-strangers`, title: name === "gateway" ? "Web pages and the gateway" : "Web pages and the control port" };
  const path = name === "gateway" ? "/v1/models" : "/control/call";
  const address = isLoopbackHost(host) || /^(?:0\.0\.0\.0|\[?::\]?)$/.test(host) ? "127.0.0.1" : host;
  const own = `${address}:${port}`;
  const [byHost, byOrigin] = await Promise.all([
    statusOf({ address, port, host: `${stranger}:${port}`, path }),
    statusOf({ address, port, host: own, origin: `https://${stranger}`, path }),
  ]);
  if (byHost === undefined || byOrigin === undefined) return { ...about, level: "skipped", says: `Nothing answered on port ${port}.` };
  if (byHost === 403 && byOrigin === 403)
    return { ...about, level: "ok", says: "A foreign Host and a foreign Origin were both refused with 403." };
  const open = [
    byHost === 403 ? [] : [`a foreign Host (status ${byHost})`],
    byOrigin === 403 ? [] : [`a foreign Origin (status ${byOrigin})`],
  ].flat();
  return {
    ...about,
    level: "error",
    says: `It answered ${open.join(" and ")} instead of refusing it, so a web page could use your models.`,
    fix: {
      says: "If a proxy stands before Homeport, let it pass Host and Origin on as they came. If not, this is a fault of Homeport: report it.",
    },
  };
}

/** On this computer's own addresses nobody may answer while the door is for loopback only. */
async function knockedAt(name: DoorName, port: number): Promise<Finding> {
  const about = { id: `${name}-outside`, title: name === "gateway" ? "The gateway from the network" : "The control port from the network" };
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4")
    .map(({ address }) => address)
    .slice(0, mostAddresses);
  if (addresses.length === 0) return { ...about, level: "skipped", says: "This computer is in no network." };
  const open = (await Promise.all(addresses.map(async (address) => ((await opens(address, port)) ? [address] : [])))).flat();
  if (open.length === 0) return { ...about, level: "ok", says: "Nothing answers on this computer's addresses in the network." };
  return {
    ...about,
    level: "error",
    says: `Something answers at ${open.join(", ")} on port ${port}, although it is for this computer only.`,
    fix: { says: "Look for a program or a rule of the firewall that forwards this port, and end it." },
  };
}

function opens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const done = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.setTimeout(knockMs, () => done(false));
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
  });
}

interface Question {
  readonly address?: string;
  readonly port: number;
  readonly host: string;
  readonly origin?: string;
  readonly path: string;
}

function statusOf(question: Question): Promise<number | undefined> {
  return headOf(question).then((head) => head?.status);
}

/** The head of an answer; undefined where there is none. The Host is ours to choose, which fetch does not allow. */
function headOf(question: Question): Promise<{ readonly status: number; readonly ours: boolean } | undefined> {
  const { address = "127.0.0.1", port, host: name, origin, path } = question;
  const headers = { host: name, ...(origin === undefined ? {} : { origin }) };
  return new Promise((resolve) => {
    const asked = request({ host: address, port, path, method: "GET", headers, agent: false, timeout: answerMs }, (response) => {
      response.destroy();
      resolve({ status: response.statusCode ?? 0, ours: response.headers["x-homeport-request"] !== undefined });
    });
    asked.once("timeout", () => asked.destroy());
    asked.once("error", () => resolve(undefined));
    asked.end();
  });
}
