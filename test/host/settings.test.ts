import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Log } from "../../src-core/engine/ports.ts";
import { openSettings, type Settings } from "../../src-core/host/settings.ts";
import { confSettingsFile, type SettingsFile } from "../../src-core/host/settings-file.ts";
import { FakeClock } from "../support/fake-clock.ts";

const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };
const node = (id: string) => ({ id, kind: "ollama", url: `http://${id}:11434` });

let folder: string;
let path: string;
let clock: FakeClock;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "homeport-settings-"));
  path = join(folder, "settings.json");
  clock = new FakeClock();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (file: SettingsFile = confSettingsFile(folder)) => openSettings(file, { clock, log: quiet });
const namesIn = (pattern: RegExp) => readdirSync(folder).filter((name) => pattern.test(name));

/** One change, with the clock moved on to its write. */
async function change(settings: Settings, part: Record<string, unknown>): Promise<void> {
  const done = settings.update((document) => ({ ...document, ...part }));
  clock.advance(50);
  expect(await done).toBeUndefined();
}

/** Saves `nodes` one after another, so that a backup of each is kept, and closes. */
async function savedBefore(...nodes: readonly string[]): Promise<void> {
  const settings = open();
  for (const [index] of nodes.entries()) await change(settings, { nodes: nodes.slice(0, index + 1).map(node) });
  expect(settings.close()).toBe(true);
}

const idsOf = (settings: Settings) => settings.current().nodes.map((one) => one.id);

describe("what is kept", () => {
  test("settings outlive the process, written by conf", async () => {
    await savedBefore("a", "b");
    expect(idsOf(open())).toEqual(["a", "b"]);
  });

  test("S-74: file, backups and folder belong to their owner only", async () => {
    chmodSync(folder, 0o755);
    await savedBefore("a");
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  test("R-17: changes close together are one write, and every caller hears of it", async () => {
    let writes = 0;
    const real = confSettingsFile(folder);
    const settings = open({ path, read: real.read, write: (document) => [real.write(document), writes++] });
    const all = ["a", "b", "c"].map((id) =>
      settings.update((document) => ({ ...document, nodes: [...(Array.isArray(document["nodes"]) ? document["nodes"] : []), node(id)] })),
    );
    clock.advance(50);
    await Promise.all(all);
    expect(writes).toBe(1);
    expect(idsOf(open())).toEqual(["a", "b", "c"]);
  });

  test("R-26: three backups and no more", async () => {
    await savedBefore("a", "b", "c", "d", "e");
    expect(namesIn(/backup/)).toHaveLength(3);
  });

  test("a bad change is refused with its reason and changes nothing", async () => {
    await savedBefore("a");
    const failure = await open().update((document) => ({ ...document, breker: {} }));
    expect(failure?.message).toContain('did you mean "breaker"?');
    expect(idsOf(open())).toEqual(["a"]);
  });
});

describe("F59: a settings file that cannot be used", () => {
  const damages: readonly { readonly name: string; readonly damage: (text: string) => string }[] = [
    { name: "empty", damage: () => "" },
    { name: "cut in half", damage: (text) => text.slice(0, text.length / 2) },
    { name: "filled with zero bytes", damage: (text) => "\0".repeat(text.length) },
    { name: "some other file", damage: () => "<html></html>" },
    { name: "a list", damage: () => "[]" },
  ];

  test.each(damages)("$name: the newest backup is restored, the damaged file kept, and a person told", async ({ damage }) => {
    await savedBefore("a", "b");
    const damaged = damage(readFileSync(path, "utf8"));
    writeFileSync(path, damaged);
    const settings = open();
    expect(idsOf(settings)).toEqual(["a", "b"]);
    expect(settings.recovered).toMatch(/damaged.*kept as settings\.json\.corrupt-.*backup of .* was restored/);
    const [aside] = namesIn(/corrupt/);
    expect(readFileSync(join(folder, aside ?? ""), "utf8")).toBe(damaged);
    clock.advance(50);
    expect(open().recovered).toBeUndefined();
  });

  test("a backup that is damaged itself is passed over for the next", async () => {
    await savedBefore("a", "b");
    writeFileSync(path, "");
    const newest = join(folder, "settings.backup-1.json");
    writeFileSync(newest, readFileSync(newest, "utf8").replace('"b"', '"c"'));
    expect(idsOf(open())).toEqual(["a"]);
  });

  test("without any backup Homeport starts with its defaults and says so", () => {
    writeFileSync(path, "{");
    const settings = open();
    expect(settings.current().gateway.port).toBe(4663);
    expect(settings.recovered).toContain("no backup");
  });

  test("unreadable: starts with the backup", async () => {
    await savedBefore("a");
    const refuse = () => {
      throw Object.assign(new Error("refused"), { code: "EACCES" });
    };
    const settings = open({ path, read: refuse, write: refuse });
    expect(idsOf(settings)).toEqual(["a"]);
    expect(settings.recovered).toContain("could not be read (EACCES)");
  });

  test("R-22: one bad section and one bad node cost only themselves, and are set aside to be looked at", () => {
    const document = {
      nodes: [node("a"), { ...node("b"), kind: "olama" }, node("c")],
      breaker: { failures: 0 },
      gateway: { port: 5000 },
      typo: 1,
    };
    writeFileSync(path, JSON.stringify(document));
    const settings = open();
    expect(idsOf(settings)).toEqual(["a", "c"]);
    expect(settings.current().gateway.port).toBe(5000);
    expect(settings.current().breaker.failures).toBe(3);
    const [aside] = namesIn(/set-aside/);
    expect(JSON.parse(readFileSync(join(folder, aside ?? ""), "utf8"))).toEqual({
      "nodes[1]": { ...node("b"), kind: "olama" },
      breaker: { failures: 0 },
      typo: 1,
    });
    clock.advance(50);
    expect(open().recovered).toBeUndefined();
  });

  test("a gateway open to others without a key is closed again, not opened", () => {
    writeFileSync(path, JSON.stringify({ gateway: { host: "0.0.0.0" }, nodes: [node("a")] }));
    const settings = open();
    expect(settings.current().gateway.host).toBe("127.0.0.1");
    expect(idsOf(settings)).toEqual(["a"]);
  });

  test("F60, R-23: settings of a newer Homeport are used as far as understood and never written", async () => {
    const newer = JSON.stringify({ schemaVersion: 2, nodes: [node("a")], wormholes: [] });
    writeFileSync(path, newer);
    const settings = open();
    expect(settings.writable).toBe(false);
    expect(idsOf(settings)).toEqual(["a"]);
    expect((await settings.update((document) => document))?.kind).toBe("forbidden");
    settings.close();
    expect(readFileSync(path, "utf8")).toBe(newer);
  });
});

describe("a disk that refuses", () => {
  /** A file whose writes fail with `code` until told otherwise. */
  function failing(code: string) {
    const real = confSettingsFile(folder);
    const state: { code: string | undefined; tries: number } = { code, tries: 0 };
    const write: SettingsFile["write"] = (document) => {
      state.tries += 1;
      if (state.code !== undefined) throw Object.assign(new Error(state.code), { code: state.code });
      real.write(document);
    };
    return { state, settings: open({ path, read: real.read, write }) };
  }

  test("F58, R-24: full: the change is in force, a banner stands until a later try succeeds, and nothing is lost", async () => {
    const { state, settings } = failing("ENOSPC");
    const heard: (string | undefined)[] = [];
    settings.onTrouble((trouble) => heard.push(trouble?.body));
    await change(settings, { nodes: [node("a")] });
    expect(idsOf(settings)).toEqual(["a"]);
    expect(heard).toEqual([expect.stringContaining("disk is full")]);
    await change(settings, { nodes: [node("a"), node("b")] });
    state.code = undefined;
    clock.advance(60_000);
    expect(heard).toEqual([expect.any(String), undefined]);
    expect(idsOf(open())).toEqual(["a", "b"]);
  });

  test("R-24: tries grow rarer, so that a full disk is not hammered", async () => {
    const { state, settings } = failing("ENOSPC");
    await change(settings, { nodes: [node("a")] });
    clock.advance(10 * 60_000);
    expect(state.tries).toBeLessThan(20);
  });

  test("R-25: a rename refused for a moment is tried ten times over two seconds before anyone is told", async () => {
    const { state, settings } = failing("EPERM");
    const heard: unknown[] = [];
    settings.onTrouble((trouble) => heard.push(trouble));
    const done = settings.update((document) => ({ ...document, nodes: [node("a")] }));
    clock.advance(50 + 8 * 200);
    expect([state.tries, heard.length]).toEqual([9, 0]);
    state.code = undefined;
    clock.advance(200);
    expect(await done).toBeUndefined();
    expect(heard).toEqual([]);
    expect(idsOf(open())).toEqual(["a"]);
  });

  test("closing writes what is unwritten, and says when it could not", async () => {
    const { state, settings } = failing("ENOSPC");
    const done = settings.update((document) => ({ ...document, nodes: [node("a")] }));
    expect(settings.close()).toBe(false);
    await done;
    state.code = undefined;
    expect(settings.close()).toBe(true);
    expect(idsOf(open())).toEqual(["a"]);
  });
});
