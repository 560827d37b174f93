// The log: one JSON line per outcome to stderr, so that stdout stays free for `--json`. Everything passes redaction at this one sink (S-81).
import { pino } from "pino";
import { z } from "zod";
import type { Log } from "../engine/ports.ts";
import { redactFields, redactText } from "./redact.ts";

/** Where lines go; a line ends with a newline. */
export interface LogSink {
  write(line: string): void;
}

export const LogLevel = z.enum(["info", "warn", "error", "silent"]);
export type LogLevel = z.infer<typeof LogLevel>;

/** A line a request would be a system call a request: lines go out together, at the latest after this. */
const gatherMs = 200;
const gatherBytes = 8 * 1024;

function stderr(): LogSink {
  const sink = pino.destination({ fd: 2, sync: true, minLength: gatherBytes });
  setInterval(() => sink.flush(), gatherMs).unref();
  process.on("exit", () => sink.flushSync());
  return sink;
}

/** Opens the log. pino escapes control characters, so a model's name cannot forge a line (S-85). */
export function openLog(level: LogLevel = "info", sink: LogSink = stderr()): Log {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    sink,
  );
  const write = (at: "info" | "warn" | "error") => (fields: Readonly<Record<string, unknown>>, message: string) => {
    if (!logger.isLevelEnabled(at)) return;
    logger[at](redactFields(fields), redactText(message));
  };
  return { info: write("info"), warn: write("warn"), error: write("error") };
}
