// The reader: who is asked, how often, and what is left where tools are absent, broken or hang. Another machine is a table of answers.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { runTool, type Said } from "../../../src-core/host/devices/tool.ts";
import { leastBetweenMs, openDevices } from "../../../src-core/host/devices.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const said = (file: string) => readFileSync(new URL(`../../fixtures/devices/${file}`, import.meta.url), "utf8");
const text = (file: string): Said => ({ is: "text", text: said(file) });
const failed = (file: string): Said => ({ is: "failed", text: said(file), because: `it says: ${said(file).split("\n", 1)[0]}` });

/** A machine where these commands answer so; all others are absent. `takesMs`: of the clock, per command. */
function machine(answers: Readonly<Record<string, Said>>, platform: NodeJS.Platform = "linux", takesMs = 0) {
  const clock = new FakeClock();
  const asked: string[] = [];
  const run = async (command: string, args: readonly string[]): Promise<Said> => {
    const line = [command, ...args].join(" ");
    asked.push(line);
    if (takesMs > 0) clock.advance(takesMs);
    const found = Object.entries(answers).find(([begin]) => line.startsWith(begin));
    return found?.[1] ?? { is: "absent" };
  };
  return { clock, asked, devices: openDevices({ clock, run, platform, meminfo: async () => said("meminfo-6.txt") }) };
}

const twoCards = {
  "nvidia-smi --query-gpu=index,name": text("nvidia-535-two-cards.csv"),
  "nvidia-smi --query-compute-apps": text("nvidia-apps-535.csv"),
  "nvidia-smi --query-gpu=index,compute_cap": text("nvidia-facts-535.csv"),
};

describe("who is asked", () => {
  test("NVIDIA's cards, with processes, architecture and driver", async () => {
    const { devices } = machine(twoCards);
    const reading = await devices.read();
    expect(reading).toMatchObject({ driver: "535.183.01", devices: [{ index: 0, architecture: "8.6" }, { index: 1 }] });
    expect(reading.processes.map(({ pid }) => pid)).toEqual([2461, 91822]);
    expect(reading).not.toHaveProperty("without");
    expect(devices.latest).toBe(reading);
  });

  test("cards of two makers stand in one list, each with a place of its own", async () => {
    const { devices } = machine({
      ...twoCards,
      "amd-smi metric": text("amd-smi-metric-6.json"),
      "amd-smi static": text("amd-smi-static-6.json"),
    });
    expect((await devices.read()).devices.map(({ index, name }) => [index, name.slice(0, 6)])).toEqual([
      [0, "NVIDIA"],
      [1, "NVIDIA"],
      [2, "Navi 3"],
    ]);
  });

  test("rocm-smi where amd-smi is missing or tells nothing", async () => {
    const rocm = { "rocm-smi --showproductname": text("rocm-smi-6.json"), "rocm-smi --showpids": text("rocm-smi-pids.json") };
    for (const answers of [rocm, { ...rocm, "amd-smi": text("rocm-smi-none.txt") }]) {
      const reading = await machine(answers).devices.read();
      expect(reading.devices[0]).toMatchObject({ name: "AMD Radeon RX 7900 XTX" });
      expect(reading.processes[0]).toMatchObject({ name: "ollama" });
    }
  });

  test("a Mac is asked for its own memory, and never for other makers' tools", async () => {
    const { devices, asked } = machine({ sysctl: text("sysctl-m3.txt"), vm_stat: text("vm-stat-15.txt") }, "darwin");
    expect((await devices.read()).devices).toMatchObject([{ name: "Apple M3 Max", memory: "unified" }]);
    expect(asked.some((line) => line.includes("smi"))).toBe(false);
  });
});

describe("where nothing tells of a graphics device", () => {
  test.each([
    ["no tool", {}, "No graphics device was found"],
    ["a driver that is not loaded", { "nvidia-smi": failed("nvidia-no-driver.txt") }, "couldn't communicate with the NVIDIA driver"],
    ["words and success", { "nvidia-smi": text("nvidia-mismatch.txt") }, "Driver/library version mismatch"],
    ["a tool that hangs", { "nvidia-smi": { is: "failed", text: "", because: "nvidia-smi did not answer within 3 s." } }, "did not answer"],
  ] satisfies [string, Record<string, Said>, string][])("%s: the system's memory, and why", async (_, answers, why) => {
    const reading = await machine(answers).devices.read();
    expect(reading.devices).toMatchObject([{ memory: "system", totalBytes: 65732180 * 1024 }]);
    expect(reading.without).toContain(why);
  });

  test("a lost card does not take the others with it", async () => {
    const { devices } = machine({ ...twoCards, "nvidia-smi --query-gpu=index,name": failed("nvidia-550-lost-card.csv") });
    expect((await devices.read()).devices).toMatchObject([{ name: "NVIDIA GeForce RTX 3090" }]);
  });

  test("a driver that does not know one question still answers the others", async () => {
    const { devices } = machine({ ...twoCards, "nvidia-smi --query-gpu=index,compute_cap": failed("nvidia-facts-470.txt") });
    const reading = await devices.read();
    expect(reading.devices).toHaveLength(2);
    expect(reading).not.toHaveProperty("driver");
  });
});

describe("how often", () => {
  const cards = (asked: readonly string[]) => asked.filter((line) => line.includes("index,name")).length;

  test("who asks at once, or within two seconds, shares one answer", async () => {
    const { devices, asked, clock } = machine(twoCards);
    const [one, other] = await Promise.all([devices.read(), devices.read()]);
    expect(other).toBe(one);
    clock.advance(leastBetweenMs - 1);
    expect(await devices.read()).toBe(one);
    expect(cards(asked)).toBe(1);
    clock.advance(1);
    expect(await devices.read()).not.toBe(one);
    expect(cards(asked)).toBe(2);
  });

  test("who changed something is shown what came after, also where an older look is under way", async () => {
    const { devices, asked, clock } = machine(twoCards);
    await devices.read();
    clock.advance(100);
    await devices.read(clock.monotonic());
    expect(cards(asked)).toBe(2);
    clock.advance(leastBetweenMs);
    const older = devices.read();
    clock.advance(1);
    const newer = await devices.read(clock.monotonic());
    expect(newer).not.toBe(await older);
    expect(cards(asked)).toBe(4);
  });

  test("a tool that takes a second is asked every twenty, not every two", async () => {
    const slow = { "rocm-smi": text("rocm-smi-6.json") };
    const { devices, asked, clock } = machine(slow, "linux", 250);
    const first = await devices.read();
    const count = asked.length;
    clock.advance(10_000);
    expect(await devices.read()).toBe(first);
    expect(asked).toHaveLength(count);
  });

  test("what is not installed is not looked for every time, but found when it comes", async () => {
    const answers: Record<string, Said> = {};
    const { devices, asked, clock } = machine(answers);
    await devices.read();
    clock.advance(leastBetweenMs);
    await devices.read();
    expect(asked).toHaveLength(3);
    Object.assign(answers, twoCards);
    clock.advance(60_000);
    expect((await devices.read()).devices).toHaveLength(2);
  });
});

describe("a tool as a process", () => {
  function script(body: string): string {
    const folder = mkdtempSync(join(tmpdir(), "homeport-tool-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, "tool");
    writeFileSync(file, `#!/bin/sh\n${body}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  test("its arguments are words, never a shell's: nothing of them is run", async () => {
    const tool = script('printf "%s|" "$@"; printf "%s" "$LC_ALL"');
    expect(await runTool(tool, ["$(id)", "; id", "a b"])).toEqual({ is: "text", text: "$(id)|; id|a b|C" });
  });

  test("one that is not there is absent; one that fails says why, and what it said is kept", async () => {
    expect(await runTool("no-such-tool-of-homeport", [])).toEqual({ is: "absent" });
    const said = await runTool(script('echo "0, T4"; echo "broken" >&2; exit 9'), []);
    expect(said).toMatchObject({ is: "failed", text: "0, T4\n", because: expect.stringContaining("0, T4") });
  });

  test("one that hangs is killed", async () => {
    const tool = script("exec sleep 60");
    expect(await runTool(tool, [], 100)).toMatchObject({ is: "failed", because: expect.stringContaining("did not answer within 0.1 s") });
  });

  test("one whose child holds on to its output is given up all the same", async () => {
    expect(await runTool(script("sleep 2 & sleep 60"), [], 100)).toMatchObject({ is: "failed" });
  });

  test("one that never stops talking is cut", async () => {
    expect(await runTool(script("exec yes"), [], 3_000)).toMatchObject({ is: "failed" });
  });
});
