// What the settings page asks the engine for, answered for the sample house.
import type { MethodOutput } from "../../src-core/contract/api.ts";
import { linesInForce } from "../../src-core/domain/settings-lines.ts";
import { sampleSettings } from "./sample-snapshot.ts";

const { config } = sampleSettings;
const lines: MethodOutput<"settingsInForce">["lines"] = linesInForce(
  config,
  { nodes: config.nodes.map(({ id, kind, url }) => ({ id, kind, url })), budgets: config.budgets },
  "app",
);

export const sampleKeys: MethodOutput<"keysInUse"> = {
  keys: [
    { place: "store", name: "openai", usedBy: ["nodes[openai].key"], set: true },
    {
      place: "env",
      name: "LAPTOP_KEY",
      usedBy: ["clients[laptop].key"],
      set: false,
      says: "It is not there: set the environment variable LAPTOP_KEY where Homeport runs.",
    },
    { place: "store", name: "old-studio", usedBy: [], set: true },
  ],
};

export const samplePreview: MethodOutput<"previewSettings"> = {
  issues: [],
  changes: [
    { path: "gateway.port", before: "4663", after: "4700" },
    { path: "nodes[attic].url", before: '"http://attic.lan:11434"' },
    { path: "nodes[tower].url", after: '"http://tower.lan:11434"' },
  ],
  more: 0,
};

export const sampleIssues: MethodOutput<"previewSettings"> = {
  issues: [{ field: "gateway.prot", line: 2, says: 'there is no such key; did you mean "port"?' }],
  changes: [],
  more: 0,
};

/** Replies by method, as the sample window takes them. */
export const settingsReplies = {
  settingsInForce: { ok: true, output: { lines } },
  keysInUse: { ok: true, output: sampleKeys },
  secretNames: { ok: true, output: { names: ["openai", "old-studio"], available: true } },
  previewSettings: { ok: true, output: samplePreview },
  importSettings: { ok: true, output: { kept: "settings.before-import-2026-11-21T17-00-00-000Z.json" } },
  resetSettings: { ok: true, output: { kept: "settings.before-reset-2026-11-21T17-00-00-000Z.json" } },
  exportSettings: { ok: true, output: { text: '{ "nodes": [] }\n', name: "homeport-settings.json" } },
};
