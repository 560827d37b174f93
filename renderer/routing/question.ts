// The question the Routing page asks: a name, perhaps a pasted request body, perhaps another policy. A body is looked at and forgotten, never kept.
import type { MethodInput } from "../../src-core/contract/api.ts";
import type { Config } from "../../src-core/contract/config.ts";
import type { Fleet } from "../../src-core/contract/fleet.ts";
import type { Dialect } from "../../src-core/contract/node-kinds.ts";
import { PresetName } from "../../src-core/contract/routing.ts";
import { byName } from "../format.ts";
import { words } from "../language/words.ts";

const says = words.routing.question;

/** What a person typed. `policy` empty: as configured. */
export interface Question {
  readonly name: string;
  readonly body: string;
  readonly policy: string;
  /** What the asking client speaks. */
  readonly dialect: Dialect;
}

/** A name that can be asked for, with what kind of name it is. */
export interface AskableName {
  readonly name: string;
  readonly kind: "profile" | "alias" | "model" | "auto";
}

export const bodyLimit = 200_000;

/** Everything that can be asked for: profiles and aliases, then `auto`, then every model of every node, each once. */
export function askableNames(fleet: Fleet, config: Config | undefined): readonly AskableName[] {
  const names = new Map<string, AskableName>();
  const add = (kind: AskableName["kind"]) => (name: string) => {
    if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), { name, kind });
  };
  Object.keys(config?.profiles ?? {}).forEach(add("profile"));
  Object.keys(config?.aliases ?? {}).forEach(add("alias"));
  add("auto")("auto");
  Object.values(fleet.nodes)
    .flatMap((node) => Object.values(node.models).map((model) => model.id))
    .sort(byName)
    .forEach(add("model"));
  return [...names.values()];
}

/** What to begin with: a profile, else a model in memory, else any. */
export function firstName(fleet: Fleet, config: Config | undefined): string {
  const profile = Object.keys(config?.profiles ?? {})[0];
  if (profile !== undefined) return profile;
  const models = Object.values(fleet.nodes).flatMap((node) => Object.values(node.models));
  return (models.find((model) => model.residency.state === "warm") ?? models[0])?.id ?? "";
}

/** The policies one can compare with: the presets, then those of the configuration. */
export function policyNames(config: Config | undefined): readonly string[] {
  const own = Object.keys(config?.policies ?? {}).filter((name) => !PresetName.safeParse(name).success);
  return [...PresetName.options, ...own];
}

export type Asked = { readonly input: MethodInput<"explain"> } | { readonly says: string } | undefined;

/** The call to make, a sentence about what is wrong with the body, or undefined where there is nothing to ask yet. */
export function asCall({ name, body, dialect }: Question): Asked {
  const model = name.trim();
  // OpenAI's is what the engine assumes.
  const spoken = dialect === "openai" ? {} : { dialect };
  const text = body.trim();
  if (text === "") return model === "" ? undefined : { input: { model, ...spoken } };
  if (text.length > bodyLimit) return { says: says.bodyTooLong(bodyLimit) };
  const parsed = parse(text);
  if ("says" in parsed) return parsed;
  const request = parsed.request;
  const named = request["model"];
  const asked = model === "" && typeof named === "string" ? named : model;
  if (asked === "") return { says: says.bodyWithoutModel };
  const profile = request["profile"];
  return { input: { model: asked, request, ...spoken, ...(typeof profile === "string" ? { profile } : {}) } };
}

function parse(text: string): { readonly request: Record<string, unknown> } | { readonly says: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { says: says.notJson(error instanceof Error ? error.message : String(error)) };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { says: says.notAnObject };
  return { request: { ...value } };
}
