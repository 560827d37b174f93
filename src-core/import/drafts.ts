// The nodes of a configuration in the making: one per address and key, with a name made from its host.
import type { ConfigDocument } from "../contract/config.ts";
import { NodeUrl } from "../contract/config.ts";
import type { NodeKind } from "../contract/node-kinds.ts";
import { type SecretRef, secretPlace } from "../contract/secret-ref.ts";
import { placeOf } from "../nodes/node-url.ts";
import type { Part } from "./part.ts";

type NodeDocument = NonNullable<ConfigDocument["nodes"]>[number];
/** A node as the document will have it. */
export type NodeDraft = { -readonly [K in keyof NodeDocument]: NodeDocument[K] } & { url: string; models: string[] };

export class Drafts {
  readonly #nodes = new Map<string, NodeDraft>();

  /** The node at an address, made when it is new. Undefined, with a note at `part`.`key`, where the address cannot be one. */
  at(url: string, kind: NodeKind, part: Part, key: string, apiKey?: SecretRef): NodeDraft | undefined {
    const plain = baseOf(url);
    const known = this.#nodes.get(nameOf(plain, apiKey));
    if (known !== undefined) return known;
    if (!NodeUrl.safeParse(plain).success) {
      part.note(key, `${JSON.stringify(url)} is not an http:// or https:// address without user, query or fragment; left out.`);
      return undefined;
    }
    const node: NodeDraft = { id: this.#idFor(plain), kind, url: plain, models: [] };
    if (apiKey !== undefined) node.key = apiKey;
    this.#nodes.set(nameOf(plain, apiKey), node);
    return node;
  }

  find(url: string): NodeDraft | undefined {
    return this.all().find((node) => node.url === baseOf(url));
  }

  all(): readonly NodeDraft[] {
    return [...this.#nodes.values()];
  }

  #idFor(url: string): string {
    const { hostname, port } = new URL(url);
    const host =
      hostname
        .replace(/[^A-Za-z0-9._-]+/g, "-")
        .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "")
        .slice(0, 50) || "node";
    const taken = new Set(this.all().map(({ id }) => id));
    const wishes = [host, `${host}-${port || "web"}`, ...Array.from({ length: taken.size + 1 }, (_, at) => `${host}-${at + 2}`)];
    return wishes.find((wish) => !taken.has(wish)) ?? host;
  }
}

export const isCloud = ({ url }: NodeDraft): boolean => placeOf(url) === "cloud";

/** An address without its end: Homeport adds `/v1` and `/api` itself. */
export function baseOf(url: string): string {
  return url.trim().replace(/\/+$/, "").replace(/\/v1$/, "").replace(/\/+$/, "");
}

const nameOf = (url: string, apiKey: SecretRef | undefined) => `${url} ${apiKey === undefined ? "" : secretPlace(apiKey)}`;

/** True for the port Ollama listens on. */
export function isOllamaPort(url: string): boolean {
  return URL.canParse(url) && new URL(url).port === "11434";
}

/** A reference to a key. A key written into the old file is never copied: a note says which variable to set. */
export function keyRef(written: string | undefined, name: string, part: Part, key: string): SecretRef | undefined {
  if (written === undefined || written.trim() === "") return undefined;
  const env = /^\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?$/.exec(written.trim())?.[1] ?? undefined;
  if (env !== undefined) return { env };
  const variable = envName(name);
  part.note(key, `a key stands in the file itself and was not copied. Set the environment variable ${variable} to it where Homeport runs.`);
  return { env: variable };
}

/** The reference to a variable named in the old file; a note where that is no variable's name. */
export function envRef(env: string | undefined, part: Part, key: string): SecretRef | undefined {
  if (env === undefined || env === "") return undefined;
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(env)) return { env };
  part.note(key, "this is not the name of an environment variable and was not copied: it may be a key.");
  return undefined;
}

function envName(name: string): string {
  const words = name.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
  return `${/^[0-9]/.test(words) ? "NODE_" : ""}${words}_KEY`;
}

/** Names of profiles, agents, rules and budgets: letters, digits, dot, dash, underscore. */
export function routingName(name: string): string {
  return (
    name
      .replace(/[^A-Za-z0-9._-]+/g, "-")
      .replace(/^[^A-Za-z0-9]+/, "")
      .slice(0, 64) || "unnamed"
  );
}
