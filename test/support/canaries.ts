// Secrets and words of prompts that must not be seen where they have no business: the scanner that every home of the gateway's tests runs when
// it ends (S-20, S-56, S-75, S-80, S-81). A key may be with its own node, a prompt with the node that answers it; nothing may be anywhere else.
import type { Journal } from "../../src-core/engine/journal-port.ts";
import type { Announcer, Log } from "../../src-core/engine/ports.ts";
import type { Homeport } from "../../src-core/homeport.ts";
import { openLog } from "../../src-core/host/log.ts";
import type { SimulatedNode } from "../../src-core/simulator/node.ts";
import { hearAnswers } from "./heard-answers.ts";

/** Stands in the prompts of the suite. */
export const promptCanary = "canary-prompt-2e9b";
/** What a test's own prompts may begin with, to be looked for as well. */
export const promptMark = "canary-prompt";
/** Shorter ones are found by chance. */
const shortestSecret = 8;
const shownBefore = 60;
const shownAfter = 30;

/** A text, and where it was seen. `mayHold`: what has its business there. */
interface Seen {
  readonly where: string;
  readonly text: string | Buffer;
  readonly mayHold?: ReadonlySet<string>;
}

/** The canaries that were seen where they may not be, each with its place and what stood around it. */
export function leaksIn(places: Iterable<Seen>, canaries: ReadonlySet<string>): readonly string[] {
  const leaks: string[] = [];
  for (const { where, text, mayHold } of places) {
    for (const canary of canaries) {
      if (mayHold?.has(canary) === true) continue;
      const at = text.indexOf(canary);
      if (at < 0) continue;
      const around = text.toString("utf8").slice(Math.max(0, at - shownBefore), at + canary.length + shownAfter);
      leaks.push(`${canary} in ${where}: …${around}…`);
    }
  }
  return leaks;
}

/** Enough of what one door says: a test of endless streams says the same again and again. */
const mostHeardChars = 8 * 1024 * 1024;

/** Everything a home wrote or said, gathered while it lives. */
export class CanaryWatch {
  readonly #seen: Seen[] = [];
  readonly #doors: { readonly where: string; readonly parts: string[]; readonly mayHold: ReadonlySet<string> }[] = [];
  readonly #secrets = new Set<string>();
  /** By node: keys that are its own, now or at some time. */
  readonly #own = new Map<string, Set<string>>();

  /** A key of the house; it may be with `node` and nowhere else. */
  key(value: string | undefined, node?: string): void {
    if (value === undefined || value.length < shortestSecret) return;
    this.#secrets.add(value);
    if (node === undefined) return;
    const own = this.#own.get(node) ?? new Set();
    this.#own.set(node, own.add(value));
  }

  see(where: string, value: unknown): void {
    this.#seen.push({ where, text: typeof value === "string" ? value : (JSON.stringify(value) ?? "") });
  }

  /** The real log at its most talkative, and behind it the home's own list of errors. */
  log(errors: string[]): Log {
    const written = openLog("info", { write: (line) => this.see("the log", line) });
    return {
      info: (fields, message) => written.info(fields, message),
      warn: (fields, message) => written.warn(fields, message),
      error: (fields, message) => {
        errors.push(`${message} ${JSON.stringify(fields)}`);
        written.error(fields, message);
      },
    };
  }

  journal(journal: Journal): Journal {
    return {
      ...journal,
      recordLoad: (node, model, history) => {
        this.see("the journal", [node, model, history]);
        journal.recordLoad(node, model, history);
      },
      recordRequests: (rows, now, counted) => {
        this.see("the journal", [rows, counted]);
        return journal.recordRequests(rows, now, counted);
      },
      recordNodeLog: (entries, gone, perNode) => {
        this.see("the journal", entries);
        journal.recordNodeLog(entries, gone, perNode);
      },
      reserveBudgets: (id, at, entries) => {
        this.see("the journal", [id, entries]);
        return journal.reserveBudgets(id, at, entries);
      },
    };
  }

  /** All that is said on a port from now on, whoever hears it. Returns the function that stops. */
  door(where: string, port: number, mayHold: ReadonlySet<string> = new Set()): () => void {
    const parts: string[] = [];
    let chars = 0;
    this.#doors.push({ where, parts, mayHold });
    return hearAnswers(port, (text) => {
      if (chars < mostHeardChars) parts.push(text);
      chars += text.length;
    });
  }

  announcer(announcer: Announcer): Announcer {
    return {
      publish: (address, channel, message) => {
        this.see("Redis", [channel, message]);
        announcer.publish(address, channel, message);
      },
      close: () => announcer.close(),
    };
  }

  /** What a window would be shown and a scrape told at this moment, and all that happened. */
  async look({ engine, snapshot, dispatch }: Homeport, events: readonly unknown[]): Promise<void> {
    this.see("the facts", events);
    this.see("the snapshot", snapshot());
    this.see("the activity", engine.chronicle.activity.latest(5000));
    for (const method of ["getSettings", "secretNames", "history", "aliasSuggestions"]) {
      this.see(`the window's ${method}`, await dispatch(method, {}));
    }
    this.see("the metrics", await engine.chronicle.metrics.exposition());
    engine.chronicle.usage.listen((state) => this.see("the usage stream", state))();
  }

  /** Where canaries were seen that had no business there. */
  leaks(nodes: ReadonlyMap<string, SimulatedNode>): readonly string[] {
    const all = new Set([...this.#secrets, promptMark]);
    return [...new Set([...leaksIn([...this.#seen, ...this.#heard()], all), ...this.#atNodes(nodes, all)])];
  }

  /** A prompt may come back to the client that wrote it, and to nobody else. */
  *#heard(): Iterable<Seen> {
    for (const { where, parts, mayHold } of this.#doors) yield { where, text: parts.join(""), mayHold };
  }

  *#atNodes(nodes: ReadonlyMap<string, SimulatedNode>, all: ReadonlySet<string>): Iterable<string> {
    for (const [id, node] of nodes) {
      const own = this.#own.get(id);
      const heads: Seen = {
        where: `the heads of requests to ${id}`,
        text: JSON.stringify(node.record.requests.map(({ path, headers, rawHeaders }) => [path, headers, rawHeaders])),
        ...(own === undefined ? {} : { mayHold: own }),
      };
      yield* leaksIn([heads], all);
      const bodies = node.record.requests.map(({ body }) => ({
        where: `a body sent to ${id}`,
        text: body,
        mayHold: new Set([promptMark]),
      }));
      yield* leaksIn(bodies, all);
    }
  }
}
