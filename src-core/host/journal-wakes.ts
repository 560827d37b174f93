// How long machines took to wake, kept across restarts: one row per node. Written after a wake, never on a request's way.
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { Journal } from "../engine/journal-port.ts";

/** The journal's part about waking; writes throw where the file takes nothing. */
interface WakeKeeper {
  readonly read: Journal["wakes"];
  readonly write: (...learned: Parameters<Journal["recordWakes"]>) => void;
}

const Row = z.object({
  node: z.string(),
  ms: z.string().transform((text, context) => {
    try {
      return z.array(z.number().min(0)).parse(JSON.parse(text));
    } catch {
      context.addIssue("not times");
      return z.NEVER;
    }
  }),
});

export function wakeKeeper(database: DatabaseSync): WakeKeeper {
  const write = database.prepare("INSERT OR REPLACE INTO wake_times (node, ms) VALUES (?, ?)");
  const read = database.prepare("SELECT node, ms FROM wake_times");
  return {
    read() {
      const rows = read.all().flatMap((row) => Row.safeParse(row).data ?? []);
      return Object.fromEntries(rows.map(({ node, ms }) => [node, ms]));
    },
    write: (node, ms) => void write.run(node, JSON.stringify(ms)),
  };
}
