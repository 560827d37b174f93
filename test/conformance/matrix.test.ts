// The conformance matrix: every official client against nodes of every dialect, and every row that the dialects can express. Printed as a table at
// the end; a cell that is neither tested nor excused is a failure.
import { afterAll, describe, expect, it, test } from "vitest";
import { Dialect } from "../../src-core/contract/node-kinds.ts";
import { columns } from "./columns.ts";
import { type FaceKind, type Row, rows } from "./face.ts";
import { anthropicMessages } from "./face-anthropic.ts";
import { ollamaChat, ollamaGenerate } from "./face-ollama.ts";
import { openaiChat, openaiCompletion } from "./face-openai.ts";
import { openaiResponses } from "./face-responses.ts";
import { checks, impossible } from "./rows.ts";
import { printed } from "./table.ts";

const faces: readonly FaceKind[] = [openaiChat, openaiCompletion, openaiResponses, anthropicMessages, ollamaChat, ollamaGenerate];

/** Why a cell holds nothing; undefined where it has to work. */
function excuse(kind: FaceKind, node: Dialect, row: Row): string | undefined {
  return kind.lacks[row] ?? impossible[node]?.[row];
}

const cells = faces.flatMap((kind) => columns.flatMap((column) => rows.map((row) => ({ kind, column, row }))));
const outcomes = new Map<string, "ok" | "FAILS">();
const tested = new Set<string>();
const keyOf = (kind: FaceKind, node: string, row: Row) => `${kind.name} → ${node}: ${row}`;

describe("a client's own library cannot tell that a node speaks another dialect", () => {
  for (const { kind, column, row } of cells) {
    if (excuse(kind, column.dialect, row) !== undefined) continue;
    const key = keyOf(kind, column.dialect, row);
    tested.add(key);
    test(key, async () => {
      outcomes.set(key, "FAILS");
      await checks[row]({ kind, column });
      outcomes.set(key, "ok");
    });
  }
});

it("the matrix has no empty cell: each is tested, or says why the dialects cannot express it", () => {
  const empty = cells.filter(
    ({ kind, column, row }) => !tested.has(keyOf(kind, column.dialect, row)) && (excuse(kind, column.dialect, row) ?? "") === "",
  );
  expect(empty.map(({ kind, column, row }) => keyOf(kind, column.dialect, row))).toEqual([]);
  // A dialect added to the product without a client or a node here would be missing in silence.
  expect(new Set(faces.map(({ dialect }) => dialect))).toEqual(new Set(Dialect.options));
  expect(new Set(columns.map(({ dialect }) => dialect))).toEqual(new Set(Dialect.options));
});

afterAll(() => {
  const heads = faces.flatMap((kind) => columns.map(({ dialect }) => ({ kind, dialect })));
  const lines = heads.map(({ kind, dialect }) => ({
    name: `${kind.name} → ${dialect}${kind.dialect === dialect ? " (passthrough)" : ""}`,
    cells: rows.map((row) => {
      const why = excuse(kind, dialect, row);
      return why === undefined ? { is: outcomes.get(keyOf(kind, dialect, row)) ?? "not run" } : { is: "—", why };
    }),
  }));
  console.log(printed(rows, lines));
});
