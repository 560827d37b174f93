// Every key that the settings name: is its value there, and could anybody else read or change the file it stands in (S-75). Values are resolved, never
// told.
import { statSync } from "node:fs";
import { dirname } from "node:path";
import type { Config } from "../contract/config.ts";
import type { Finding } from "../contract/diagnosis.ts";
import type { NodeId } from "../contract/ids.ts";
import { type SecretRef, secretPlace, secretRemedy } from "../contract/secret-ref.ts";
import type { Secrets } from "../engine/ports.ts";

interface NamedKey {
  readonly id: string;
  readonly of: string;
  readonly ref: SecretRef;
  readonly node?: NodeId;
  /** What comes of it while the value is missing. */
  readonly missing: { readonly level: "warning" | "error" | "note"; readonly says: string };
}

/** What of this machine is the running Homeport's own: its environment, the desktop's key store. */
export interface Sight {
  readonly running: boolean;
  readonly store: boolean;
}

/** `only`: what is about this node. */
export function examineKeys(config: Config, secrets: Secrets, sight: Sight, only: NodeId | undefined): readonly Finding[] {
  const keys = keysOf(config).filter(({ node }) => only === undefined || node === only);
  if (keys.length === 0) return only === undefined ? [{ id: "keys", level: "ok", title: "Keys", says: "The settings name no key." }] : [];
  const findings = keys.flatMap((key) => findingsOf(key, secrets, sight));
  const where = only === undefined ? "" : `:${only}`;
  const fine: Finding = {
    id: `keys${where}`,
    level: "ok",
    title: "Keys",
    says: "Every key is where the settings say, and readable to its owner only.",
  };
  return findings.length === 0 ? [fine] : findings;
}

function keysOf({ gateway, clients, nodes, nats, metrics: { redis } }: Config): readonly NamedKey[] {
  const locked = { level: "error", says: "Nobody can use the gateway until it is there." } as const;
  const unused = { level: "warning", says: "Whoever holds this key is refused." } as const;
  const list: NamedKey[] = [];
  if (gateway.key !== undefined) list.push({ id: "gateway", of: "the gateway", ref: gateway.key, missing: locked });
  for (const { name, key, enabled } of clients)
    if (enabled) list.push({ id: `client:${name}`, of: `client ${name}`, ref: key, missing: unused });
  for (const { id, name = id, key, natsCredentials, enabled } of nodes) {
    const missing = enabled
      ? ({ level: "error", says: `${name} refuses requests without it.` } as const)
      : ({ level: "note", says: `${name} is switched off.` } as const);
    if (key !== undefined) list.push({ id, of: `node ${name}`, ref: key, node: id, missing });
    if (natsCredentials !== undefined)
      list.push({ id: `nats:${id}`, of: `NATS for node ${name}`, ref: natsCredentials, node: id, missing });
  }
  const away = { level: "error", says: "Workers behind it cannot be reached." } as const;
  if (nats?.credentials !== undefined) list.push({ id: "nats", of: "NATS", ref: nats.credentials, missing: away });
  const untold = { level: "warning", says: "Figures are not published until it is there." } as const;
  if (typeof redis === "object") list.push({ id: "redis", of: "Redis", ref: redis, missing: untold });
  return list;
}

function findingsOf({ id, of, ref, node, missing }: NamedKey, secrets: Secrets, sight: Sight): readonly Finding[] {
  const about = { id: `key:${id}`, title: `Key of ${of}`, ...(node === undefined ? {} : { node }) };
  if ("store" in ref && !sight.store)
    return [{ ...about, level: "skipped", says: "It is in the desktop app's key store, where only the running app can look." }];
  if (secrets.resolve(ref) === undefined) {
    if ("env" in ref && !sight.running)
      return [{ ...about, level: "note", says: `${ref.env} is not set in this terminal. Where Homeport is started it may be.` }];
    const why = secrets.why?.(ref) ?? `Its value is not at ${secretPlace(ref)}.`;
    return [{ ...about, level: missing.level, says: `${why} ${missing.says}`, fix: { says: `To mend it, ${secretRemedy(ref)}.` } }];
  }
  const open = "file" in ref ? openFolder(ref.file) : undefined;
  if (open === undefined) return [];
  const says = `Others may write into the folder ${open}, so they could put another key in its place.`;
  return [{ ...about, level: "warning", says, fix: { says: `Run: chmod go-w ${open}` } }];
}

/** The folder of a file, where others may write into it. A sticky one lets nobody replace what is another's. */
function openFolder(file: string): string | undefined {
  if (process.platform === "win32") return undefined;
  const folder = dirname(file);
  const mode = statSync(folder, { throwIfNoEntry: false })?.mode ?? 0;
  return (mode & 0o022) !== 0 && (mode & 0o1000) === 0 ? folder : undefined;
}
