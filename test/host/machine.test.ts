// The small ports: log, secrets, journal, data folder, clock.
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { systemClock } from "../../src-core/host/clock.ts";
import { defaultDataDir } from "../../src-core/host/data-dir.ts";
import { openJournal } from "../../src-core/host/journal.ts";
import { openLog } from "../../src-core/host/log.ts";
import { environmentSecrets } from "../../src-core/host/secrets.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "homeport-machine-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function recordingLog() {
  const lines: string[] = [];
  return { lines, log: openLog("info", { write: (line) => lines.push(line) }) };
}

describe("log", () => {
  const canary = "canary1234567890";

  test("S-81: no secret passes by field name, by value, in an error, its cause or an address", () => {
    const { lines, log } = recordingLog();
    const cause = new Error(`refused Bearer ${canary}`);
    log.error(
      {
        authorization: canary,
        "x-api-key": canary,
        nested: [{ token: canary }, `sk-${canary}`],
        error: new Error(`at http://user:${canary}@node/v1?key=${canary}`, { cause }),
      },
      `the node said Authorization: Bearer ${canary}`,
    );
    expect(lines).toHaveLength(1);
    expect(lines.join("")).not.toContain(canary);
  });

  test("S-80: content is no business of a log, whoever passes it by mistake", () => {
    const { lines, log } = recordingLog();
    log.info({ prompt: canary, messages: [{ role: "user", content: canary }], tokensIn: 12, model: "llama3" }, "request finished");
    expect(lines.join("")).not.toContain(canary);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "info", tokensIn: 12, model: "llama3", msg: "request finished" });
  });

  test("S-85: a model's name cannot forge a line", () => {
    const { lines, log } = recordingLog();
    log.info({ model: 'x\n{"level":"error"}' }, "a\nb");
    expect(lines.join("").trimEnd().split("\n")).toHaveLength(1);
  });
});

describe("journal", () => {
  const rack = NodeId.parse("rack");
  const model = ModelId.parse("llama3:8b");

  test("load times outlive the process, readable to their owner only", () => {
    const path = join(folder, "data", "journal.sqlite");
    const { log } = recordingLog();
    const first = openJournal(path, log);
    first.recordLoad(rack, model, { ms: [1] });
    first.recordLoad(rack, model, { ms: [1, 2], footprintBytes: 5 });
    first.close();
    const second = openJournal(path, log);
    expect(second.loadHistory()).toEqual({ rack: { "llama3:8b": { ms: [1, 2], footprintBytes: 5 } } });
    second.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("a damaged file costs the estimates, not the start", () => {
    const path = join(folder, "journal.sqlite");
    writeFileSync(path, "this is not a database, and long enough to be taken for one ".repeat(100));
    const { lines, log } = recordingLog();
    const journal = openJournal(path, log);
    journal.recordLoad(rack, model, { ms: [7] });
    expect(journal.loadHistory()).toEqual({ rack: { "llama3:8b": { ms: [7] } } });
    expect(lines).toHaveLength(1);
    journal.close();
  });
});

test("a secret is looked up when it is needed; an empty variable is no secret", () => {
  const env: Record<string, string> = { EMPTY: "" };
  const secrets = environmentSecrets(env);
  expect([secrets.resolve({ env: "KEY" }), secrets.resolve({ env: "EMPTY" })]).toEqual([undefined, undefined]);
  env["KEY"] = "later";
  expect(secrets.resolve({ env: "KEY" })).toBe("later");
});

test("each platform's data goes where that platform keeps data", () => {
  const on = (platform: NodeJS.Platform, home: string, env: Record<string, string> = {}) => defaultDataDir({ platform, home, env });
  expect(on("linux", "/home/a")).toBe("/home/a/.local/share/homeport");
  expect(on("linux", "/home/a", { XDG_DATA_HOME: "/data" })).toBe("/data/homeport");
  expect(on("linux", "/home/a", { XDG_DATA_HOME: "not/absolute" })).toBe("/home/a/.local/share/homeport");
  expect(on("darwin", "/Users/a")).toBe("/Users/a/Library/Application Support/Homeport");
  expect(on("win32", "C:\\Users\\a", { APPDATA: "D:\\Roaming" })).toBe("D:\\Roaming\\Homeport");
});

test("a wait longer than a timer can hold does not fire at once", async () => {
  let fired = false;
  const forget = systemClock.after(2 ** 40, () => {
    fired = true;
  });
  await new Promise<void>((resolve) => void setImmediate(resolve));
  expect(fired).toBe(false);
  forget();
});
