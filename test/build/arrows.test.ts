// The arrows bite: each row is tried with an import it must refuse and one it must allow.
import { expect, test } from "vitest";
import { arrows } from "../../build/arrows.ts";

/** Whether the row of `from` lets it import `to`, both as resolved paths. */
function allows(from: string, to: string): boolean {
  const rows = arrows.filter((row) => new RegExp(row.from).test(from) && !(row.except !== undefined && new RegExp(row.except).test(from)));
  return rows.every((row) => row.may.some((pattern) => new RegExp(pattern).test(to)));
}

test.each([
  ["src-core/domain/decide.ts", "src-core/contract/route.ts", true],
  ["src-core/domain/decide.ts", "src-core/engine/ports.ts", false],
  ["src-core/domain/decide.ts", "fs/promises", false],
  ["src-core/domain/decide.ts", "node_modules/zod/index.js", false],
  ["src-core/dialects/openai.ts", "node_modules/zod/index.js", true],
  ["src-core/engine/router.ts", "node_modules/undici/index.js", false],
  ["src-core/engine/router.ts", "timers", false],
  ["src-core/engine/clock.ts", "timers", true],
  ["src-core/engine/router.ts", "src-core/nodes/index.ts", false],
  ["src-core/nodes/ollama.ts", "src-core/engine/ports.ts", true],
  ["src-core/nodes/ollama.ts", "src-core/engine/store.ts", false],
  ["src-core/nodes/ollama.ts", "net", true],
  ["src-core/ingress/app.ts", "src-core/nodes/index.ts", false],
  ["src-core/ingress/http.ts", "http", true],
  ["electron/tray.ts", "renderer/main.tsx", false],
  ["renderer/main.tsx", "src-core/contract/api.ts", true],
  ["renderer/main.tsx", "src-core/domain/fleet.ts", false],
  ["renderer/main.tsx", "fs", false],
  ["renderer/main.tsx", "node_modules/electron/electron.d.ts", false],
] as const)("%s → %s: allowed is %s", (from, to, expected) => {
  expect(allows(from, to)).toBe(expected);
});
