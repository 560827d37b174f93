// What was learned of speeds, kept across restarts: one row per node and model. Written when a figure moved, never on a request's way.
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { Figures } from "../contract/fleet.ts";
import type { Journal } from "../engine/journal-port.ts";
import { transaction } from "./journal-database.ts";

/** The journal's part about figures; writes throw where the file takes nothing. */
interface FigureKeeper {
  readonly read: Journal["figures"];
  readonly write: (...learned: Parameters<Journal["recordFigures"]>) => void;
}

const Row = z.object({
  node: z.string(),
  model: z.string(),
  figures: z.string().transform((text, context) => {
    try {
      return Figures.parse(JSON.parse(text));
    } catch {
      context.addIssue("not figures");
      return z.NEVER;
    }
  }),
});

export function figureKeeper(database: DatabaseSync): FigureKeeper {
  const write = database.prepare("INSERT OR REPLACE INTO learned_figures (node, model, figures) VALUES (?, ?, ?)");
  const read = database.prepare("SELECT node, model, figures FROM learned_figures");
  return {
    read() {
      const learned: Record<string, Record<string, Figures>> = {};
      for (const row of read.all()) {
        const { success, data } = Row.safeParse(row);
        if (success) learned[data.node] = { ...learned[data.node], [data.model]: data.figures };
      }
      return learned;
    },
    write(node, figures) {
      transaction(database, () => {
        for (const [model, one] of Object.entries(figures)) write.run(node, model, JSON.stringify(one));
      });
    },
  };
}
