// The log: one JSON line per outcome to stderr, so that stdout stays free for `--json`. Everything passes redaction at this one sink (S-81).
import { z } from "zod";
import type { Log } from "../engine/ports.ts";
import { needsNoRedaction, redactFields, redactText } from "./redact.ts";

/** Where lines go; a line ends with a newline. */
export interface LogSink {
  write(line: string): void;
}

export const LogLevel = z.enum(["info", "warn", "error", "silent"]);
export type LogLevel = z.infer<typeof LogLevel>;

/** A line a request would be a system call a request: lines go out together, at the latest after this. */
const gatherMs = 200;
const gatherLines = 64;

/** A full disk, or a pipe that nobody reads any more, costs the lines and never the gateway (S-85). */
const loseLines = (): void => undefined;

function stderr(): LogSink {
  let lines: string[] = [];
  if (!process.stderr.listeners("error").includes(loseLines)) process.stderr.on("error", loseLines);
  // To files, pipes and terminals alike this write is over when it returns (on Linux and macOS), so that the last lines before an end are told.
  const flush = () => {
    if (lines.length > 0) process.stderr.write(lines.join(""));
    lines = [];
  };
  setInterval(flush, gatherMs).unref();
  process.on("exit", flush);
  return {
    write: (line) => {
      lines.push(line);
      if (lines.length >= gatherLines) flush();
    },
  };
}

/** The instant in words. Many lines share a millisecond, and spelling one out costs as much as the rest of a line. */
function spelledTime(): () => string {
  let last = 0;
  let words = "";
  return () => {
    const now = Date.now();
    if (now !== last) words = new Date(now).toISOString();
    last = now;
    return words;
  };
}

/** Messages are few: the literals of our own code. */
const mostMessages = 500;

const ranks: Readonly<Record<LogLevel, number>> = { info: 0, warn: 1, error: 2, silent: 3 };

/**
 * Opens the log. JSON escapes control characters, so a model's name cannot forge a line (S-85). The line is built here and not by a logging
 * library because one is written for every request: the libraries cost a fifth of a request's memory (measured: 7 KB of 38).
 */
export function openLog(level: LogLevel = "info", sink: LogSink = stderr()): Log {
  const time = spelledTime();
  const told = new Map<string, string>();
  const words = (message: string): string => {
    const known = told.get(message);
    if (known !== undefined) return known;
    const safe = JSON.stringify(redactText(message));
    if (told.size < mostMessages) told.set(message, safe);
    return safe;
  };
  const write = (at: "info" | "warn" | "error") => (fields: Readonly<Record<string, unknown>>, message: string) => {
    if (ranks[at] < ranks[level]) return;
    const safe = JSON.stringify(needsNoRedaction(fields) ? fields : redactFields(fields));
    const rest = safe === "{}" ? "" : `,${safe.slice(1, -1)}`;
    sink.write(`{"level":"${at}","time":"${time()}"${rest},"msg":${words(message)}}\n`);
  };
  return { info: write("info"), warn: write("warn"), error: write("error") };
}
