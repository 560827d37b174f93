// The contract's methods about settings: read, changed, looked at before they are taken, taken away, reset; and which keys they name.
// Everything goes through the source, which validates; nothing here answers with the value of a secret.
import type { Handlers } from "../contract/api.ts";
import { Config } from "../contract/config.ts";
import { type Failure, fail } from "../contract/failure.ts";
import { RoutingDocument, routingKeys } from "../contract/routing-document.ts";
import { type SecretRef, secretRemedy } from "../contract/secret-ref.ts";
import type { KeyInUse, SettingLine } from "../contract/settings.ts";
import { secretUses } from "../domain/secret-uses.ts";
import { changesBetween, linesInForce } from "../domain/settings-lines.ts";
import type { HandlerParts } from "./handlers.ts";

const done = {} as const;
/** A preview is read by a person. */
const mostChanges = 200;

/** Reading and changing, in the window and by scripts. */
export function settingsHandlers(parts: HandlerParts) {
  const { config, settingsText } = parts;
  const take = async (document: Record<string, unknown>, why: "import" | "reset") => {
    const kept = config.keepCopy(why);
    if ("failure" in kept) return kept;
    const failure = await config.update(() => document);
    return failure === undefined ? { kept: kept.name } : { failure };
  };
  return {
    getSettings: async () => ({ config: config.current(), source: config.describe, writable: config.writable }),
    setSettings: async ({ change, read = {} }) => {
      const moved = Object.keys(read).find((section) => textOf(read[section]) !== textOf(Reflect.get(config.current(), section)));
      if (moved !== undefined) return { failure: changedMeanwhile(moved) };
      const failure = await config.update((document) => withChange(document, change));
      return failure === undefined ? done : { failure };
    },
    writeRouting: async ({ routing, format }) => ({ text: settingsText.write(routing, format) }),
    readRouting: async ({ text }) => {
      const read = settingsText.read(text, routingKeys);
      if ("failure" in read) return read;
      const parsed = RoutingDocument.safeParse(read.document);
      return read.issues.length === 0 && parsed.success ? { routing: parsed.data, issues: [] } : { issues: read.issues };
    },
    settingsInForce: async () => ({ lines: withCommandLine(linesInForce(config.current(), config.document(), config.kept), parts) }),
    exportSettings: async ({ format }) => ({ text: settingsText.write(config.document(), format), name: `homeport-settings.${format}` }),
    previewSettings: async ({ text }) => {
      const read = settingsText.read(text);
      if ("failure" in read) return read;
      const parsed = Config.safeParse(read.document);
      if (!parsed.success) return { issues: read.issues, changes: [], more: 0 };
      const changes = changesBetween(config.current(), parsed.data);
      return { issues: [], changes: changes.slice(0, mostChanges), more: Math.max(0, changes.length - mostChanges) };
    },
    importSettings: async ({ text }) => {
      const read = settingsText.read(text);
      if ("failure" in read) return read;
      return read.issues.length === 0 ? take({ ...read.document }, "import") : { failure: unfit(read.issues) };
    },
    resetSettings: async ({ nodes }) => {
      const written = config.document()["nodes"];
      return take(nodes === "keep" && written !== undefined ? { nodes: written } : {}, "reset");
    },
    keysInUse: async () => ({ keys: keysOf(parts) }),
  } satisfies Partial<Handlers>;
}

/** Null takes a section out of the document: its default is in force then. */
function withChange(document: Readonly<Record<string, unknown>>, change: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...document, ...change }).filter(([, value]) => value !== null));
}

const textOf = (value: unknown) => JSON.stringify(value ?? null);

function changedMeanwhile(section: string): Failure {
  const says = `“${section}” was changed elsewhere since these settings were read, so nothing was saved. Look at the change, then save again.`;
  return fail("invalid-request", says, { field: section });
}

function unfit([first]: readonly { readonly field: string; readonly says: string }[]): Failure {
  return fail("invalid-request", `${first?.field}: ${first?.says}. Nothing was changed.`, { field: first?.field ?? "" });
}

/** A port given at the start is in force, whatever is written. */
function withCommandLine(lines: readonly SettingLine[], { engine }: HandlerParts): readonly SettingLine[] {
  const { wantedPort } = engine.snapshot().gateway;
  return lines.map((line) =>
    line.path === "gateway.port" && line.value !== String(wantedPort) ? { ...line, value: String(wantedPort), from: "command-line" } : line,
  );
}

function keysOf({ config, secrets, secretStore }: HandlerParts): readonly KeyInUse[] {
  const keys = new Map<string, KeyInUse>();
  for (const { field, ref } of secretUses(config.current())) {
    const place = JSON.stringify(ref);
    const known = keys.get(place);
    if (known !== undefined) keys.set(place, { ...known, usedBy: [...known.usedBy, field] });
    else {
      const set = secrets.resolve(ref) !== undefined;
      const says = set ? undefined : (secrets.why?.(ref) ?? `It is not there: ${secretRemedy(ref)}.`);
      keys.set(place, { ...placeOf(ref), usedBy: [field], set, ...(says === undefined ? {} : { says }) });
    }
  }
  for (const name of secretStore?.names() ?? []) {
    const place = JSON.stringify({ store: name } satisfies SecretRef);
    if (!keys.has(place)) keys.set(place, { place: "store", name, usedBy: [], set: true });
  }
  return [...keys.values()];
}

function placeOf(ref: SecretRef): Pick<KeyInUse, "place" | "name"> {
  if ("env" in ref) return { place: "env", name: ref.env };
  return "file" in ref ? { place: "file", name: ref.file } : { place: "store", name: ref.store };
}
