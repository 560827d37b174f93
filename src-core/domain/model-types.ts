// What a model is for, and which kinds stand in for each other (source-systems.md 1.3, 1.4).
import type { CatalogueEntry } from "../contract/config.ts";
import type { ModelEntry } from "../contract/fleet.ts";
import type { Capability } from "../contract/node-kinds.ts";
import type { ModelType } from "../contract/routing.ts";
import { perValue } from "./per-value.ts";

/** The catalogue's word, else what the node says it can do, else its name. */
export function typeOf(entry: ModelEntry, catalogue: CatalogueEntry | undefined): ModelType {
  if (catalogue?.type !== undefined) return catalogue.type;
  if (catalogue?.can !== undefined) return typeFrom(entry.id, catalogue.can);
  return typeByItself(entry);
}

/** Asked for every model of every node by a requirement: remembered per entry. */
const typeByItself = perValue((entry: ModelEntry) => typeFrom(entry.id, entry.can));

/** Names tell a kind only by whole words or well-known ones: "vl" inside "evlx" tells nothing. */
const kindsByName: readonly (readonly [ModelType, RegExp])[] = [
  ["rerank", /rerank/i],
  ["embedding", /embed|(?:^|[/_-])(?:bge|gte|e5|all-minilm)(?:$|[:_-])/i],
  ["stt", /whisper|(?:^|[/_-])stt(?:$|[:_-])/i],
  ["tts", /kokoro|(?:^|[/_-])tts(?:$|[:_-])/i],
  ["ocr", /(?:^|[/_-])ocr(?:$|[:_-])/i],
  ["vision", /vision|llava|moondream|(?:^|[^a-z])vl(?:$|[^a-z])/i],
  ["code", /code/i],
];

function typeFrom(name: string, can: readonly Capability[] | undefined): ModelType {
  if (can === undefined) return kindsByName.find(([, words]) => words.test(name))?.[0] ?? "llm";
  const talks = can.includes("chat") || can.includes("completion");
  if (!talks && can.includes("rerank")) return "rerank";
  if (!talks && can.includes("embedding")) return "embedding";
  if (can.includes("vision")) return "vision";
  return /code/i.test(name) ? "code" : "llm";
}

/** In the order they are searched; the first is the one required. */
const searched: Readonly<Partial<Record<ModelType, readonly ModelType[]>>> = {
  llm: ["llm", "code", "vision"],
  code: ["code", "llm", "vision"],
};

/** How well a type does for the one required: 0 is that very type, more is a stand-in, undefined does not do. A vision model also talks. */
export function standIn(required: ModelType, type: ModelType): number | undefined {
  if (required === type) return 0;
  const at = searched[required]?.indexOf(type) ?? -1;
  return at < 0 ? undefined : at;
}

/** `llm` and `code` stand in for each other (source-systems.md 1.4, step 1). */
export function serves(required: ModelType, type: ModelType): boolean {
  return standIn(required, type) !== undefined;
}

/** What a profile of the DAGI router asks for where it has no selection policy. */
export interface DerivedRequirement {
  readonly requires: ModelType;
  /** It named a paid service: such a profile is served from the cloud. */
  readonly cloud: boolean;
  readonly prefer: readonly string[];
}

const cloudKinds: ReadonlySet<string> = new Set(["deepseek", "mistral", "grok", "openai", "anthropic"]);

/** Source-systems.md 1.3, to the letter, substrings included: it reads their configurations, not the names of our models. */
export function derivedRequirement(profileName: string, model: string, kind?: string): DerivedRequirement {
  if (kind !== undefined && cloudKinds.has(kind.toLowerCase())) return { requires: "llm", cloud: true, prefer: [] };
  const [profile, name] = [profileName.toLowerCase(), model.toLowerCase()];
  const prefer = model === "" ? [] : [model];
  if (profile.includes("vision") || name.includes("vl")) return { requires: "vision", cloud: false, prefer };
  if (profile.includes("coder") || name.includes("code")) return { requires: "code", cloud: false, prefer };
  return { requires: "llm", cloud: false, prefer };
}
