// Keys at rest: sealed by the system in a file for one owner, never blocking a start, never told; and keys in files that others cannot read.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { readKeyFile } from "../../src-core/host/key-file.ts";
import { type Cipher, openVault } from "../../src-core/host/secret-vault.ts";
import { desktopSecrets, environmentSecrets } from "../../src-core/host/secrets.ts";

const canary = "sk-canary-5e11";
let folder: string;
let lines: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "homeport-keys-"));
  lines = [];
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

const file = () => join(folder, "keys.json");
const onDisk = () => readFileSync(file(), "utf8");
const log = () => {
  const keep = (fields: unknown, message: string) => void lines.push(message + JSON.stringify(fields));
  return { info: keep, warn: keep, error: keep };
};
/** Seals by turning letters round: enough to see that nothing is written in plain. */
function cipher(more: Partial<Cipher> = {}): Cipher {
  const turned = (text: string) => [...text].reverse().join("");
  return {
    ready: async () => "sealed",
    seal: async (text) => Buffer.from(`sealed:${turned(text)}`),
    open: async (blob) => ({ text: turned(blob.toString().slice("sealed:".length)), again: false }),
    ...more,
  };
}
const opened = async (more: Partial<Cipher> = {}) => {
  const vault = openVault(file(), cipher(more), log());
  await vault.opened;
  return vault;
};

describe("the key store", () => {
  it("S-75: a key is there after the next start, on disk only sealed, in a file for its owner", async () => {
    const vault = await opened();
    expect(await vault.set("claude", canary)).toBeUndefined();
    expect(onDisk()).not.toContain(canary);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    const next = await opened();
    expect([next.get("claude"), next.names(), next.trouble]).toEqual([canary, ["claude"], undefined]);
  });

  it("F62: a system that does not answer for a minute blocks nothing; the key is told when it comes", async () => {
    await (await opened()).set("claude", canary);
    let unlock = (_: "sealed") => {};
    const vault = openVault(file(), cipher({ ready: () => new Promise((resolve) => (unlock = resolve)) }), log());
    const secrets = desktopSecrets(vault, {});
    expect(secrets.resolve({ store: "claude" })).toBeUndefined();
    expect(secrets.why?.({ store: "claude" })).toMatch(/Unlock it/);
    expect((await vault.set("other", "x"))?.kind).toBe("unsupported");
    const told = new Promise<void>((resolve) => secrets.subscribe?.(resolve));
    unlock("sealed");
    await told;
    expect(secrets.resolve({ store: "claude" })).toBe(canary);
  });

  it.each([
    ["S-71: without a secret service nothing is written", "plain", /no secret service/],
    ["F62: with a store that cannot be used nothing is written", "unavailable", /cannot be used/],
  ] as const)("%s, and the key works until the end", async (_, state, says) => {
    const vault = await opened({ ready: async () => state });
    await vault.set("claude", canary);
    expect([vault.get("claude"), vault.names()]).toEqual([canary, ["claude"]]);
    expect(vault.trouble).toMatch(says);
    expect(() => onDisk()).toThrow(/ENOENT/);
  });

  it("S-76: a key that is cleared is gone from memory and file", async () => {
    const vault = await opened();
    await vault.set("claude", canary);
    await vault.set("other", "second");
    await vault.set("claude", null);
    expect([vault.get("claude"), vault.names()]).toEqual([undefined, ["other"]]);
    expect(onDisk()).not.toContain(Buffer.from(`sealed:${[...canary].reverse().join("")}`).toString("base64"));
    expect((await opened()).names()).toEqual(["other"]);
  });

  it("a blob that cannot be opened is named, costs no other key, and is not lost", async () => {
    const vault = await opened();
    await vault.set("good", "one");
    await vault.set("bad", canary);
    const failing = cipher();
    const next = await opened({
      open: async (blob) => (blob.toString().includes("yranac") ? Promise.reject(new Error(canary)) : failing.open(blob)),
    });
    expect([next.get("good"), next.get("bad")]).toEqual(["one", undefined]);
    expect(next.trouble).toContain("bad");
    expect(lines.join()).not.toContain(canary);
    expect((await opened()).get("bad")).toBe(canary);
  });

  it("S-70: what the system wants sealed anew is sealed anew", async () => {
    await (await opened()).set("claude", canary);
    const plain = cipher();
    await opened({ open: async (blob) => ({ ...(await plain.open(blob)), again: true }), seal: async () => Buffer.from("newer") });
    expect(onDisk()).toContain(Buffer.from("newer").toString("base64"));
  });

  it("a key that cannot be written is told without being repeated, and works until the end", async () => {
    const vault = await opened({ seal: () => Promise.reject(new Error(`no: ${canary}`)) });
    const failure = await vault.set("claude", canary);
    expect(failure?.message).toMatch(/until Homeport ends/);
    expect(vault.get("claude")).toBe(canary);
    expect(JSON.stringify([failure, lines])).not.toContain(canary);
  });

  it("two changes at once lose neither", async () => {
    const vault = await opened();
    await Promise.all([vault.set("a", "1"), vault.set("b", "2"), vault.set("c", "3")]);
    expect((await opened()).names()).toEqual(["a", "b", "c"]);
  });

  it("F58: a key file that is no key file is told and costs no start", async () => {
    writeFileSync(file(), "not json");
    expect((await opened()).names()).toEqual([]);
    expect(lines.join()).toContain("could not be read");
  });
});

describe("a key in a file", () => {
  const path = () => join(folder, "key");
  const written = (text: string, mode: number) => {
    writeFileSync(path(), text);
    chmodSync(path(), mode);
    return readKeyFile(path(), true);
  };

  it("is read without the line end after it", () => {
    expect(written(`${canary}\n`, 0o600)).toEqual({ value: canary });
    expect(written(canary, 0o400)).toEqual({ value: canary });
  });

  it.each([0o644, 0o640, 0o604, 0o620])("S-74: with mode %o it is refused, and how to mend it is said", (mode) => {
    const read = written(canary, mode);
    expect(read).toEqual({ why: expect.stringContaining(`chmod 600 ${path()}`) });
    expect(JSON.stringify(read)).not.toContain(canary);
  });

  it("missing, empty, too large or no file at all, it is told which", () => {
    expect(readKeyFile(path())).toEqual({ why: expect.stringContaining("no file") });
    expect(written("\n", 0o600)).toEqual({ why: expect.stringContaining("empty") });
    expect(written("k".repeat(20_000), 0o600)).toEqual({ why: expect.stringContaining("too large") });
    const inside = join(folder, "inside");
    mkdirSync(inside, { mode: 0o700 });
    expect(readKeyFile(inside, true)).toEqual({ why: expect.stringContaining("not a file") });
  });

  it("S-76: a file that was changed is read again, one that others may read now is not used any more", () => {
    const secrets = environmentSecrets({});
    written("first", 0o600);
    expect(secrets.resolve({ file: path() })).toBe("first");
    written("second key", 0o600);
    expect(secrets.resolve({ file: path() })).toBe("second key");
    chmodSync(path(), 0o644);
    expect(secrets.resolve({ file: path() })).toBeUndefined();
    expect(secrets.why?.({ file: path() })).toContain("chmod 600");
  });

  it("S-75: in headless use there is no key store, and that is said", () => {
    const secrets = environmentSecrets({});
    expect(secrets.resolve({ store: "claude" })).toBeUndefined();
    expect(secrets.why?.({ store: "claude" })).toContain("desktop app");
  });
});
