// What the tools print, as files (see test/fixtures/devices/README.md: reconstructed from documentation), and what is read from it.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { totalBytesOf, usedBytesOf } from "../../../src-core/contract/devices.ts";
import { parseAmdSmi, parseAmdSmiProcesses } from "../../../src-core/host/devices/amd-smi.ts";
import { degreesIn, figureIn, percentIn } from "../../../src-core/host/devices/figures.ts";
import { jsonIn } from "../../../src-core/host/devices/json-text.ts";
import { parseNvidiaFacts, parseNvidiaGpus, parseNvidiaProcesses } from "../../../src-core/host/devices/nvidia.ts";
import { parseRocmSmi, parseRocmSmiProcesses } from "../../../src-core/host/devices/rocm-smi.ts";
import { macUsedBytes, parseMac, parseMeminfo, systemMemory } from "../../../src-core/host/devices/system.ts";

const said = (file: string) => readFileSync(new URL(`../../fixtures/devices/${file}`, import.meta.url), "utf8");
const mebi = 1024 * 1024;

describe("nvidia-smi", () => {
  test("two cards: every figure in its place and unit", () => {
    expect(parseNvidiaGpus(said("nvidia-535-two-cards.csv"))).toEqual([
      {
        index: 0,
        name: "NVIDIA GeForce RTX 3090",
        memory: "device",
        totalBytes: 24576 * mebi,
        usedBytes: 9421 * mebi,
        utilisationPercent: 37,
        temperatureC: 61,
      },
      {
        index: 1,
        name: "NVIDIA GeForce RTX 4060 Ti",
        memory: "device",
        totalBytes: 16380 * mebi,
        usedBytes: 311 * mebi,
        utilisationPercent: 0,
        temperatureC: 42,
      },
    ]);
  });

  test.each([
    ["nvidia-470-not-supported.csv", { totalBytes: 1999 * mebi, usedBytes: 274 * mebi, temperatureC: 48 }, ["utilisationPercent"]],
    ["nvidia-550-mig.csv", { totalBytes: 40960 * mebi, usedBytes: 19822 * mebi }, ["utilisationPercent"]],
    ["nvidia-580-gb10.csv", { utilisationPercent: 5, temperatureC: 47 }, ["totalBytes", "usedBytes"]],
    ["nvidia-552-windows.csv", { name: "NVIDIA GeForce RTX 4070", totalBytes: 12282 * mebi, utilisationPercent: 11 }, []],
    ["nvidia-550-lost-card.csv", { name: "NVIDIA GeForce RTX 3090", usedBytes: 1043 * mebi }, []],
  ])("%s: what cannot be told is absent, never zero", (file, there, absent) => {
    const devices = parseNvidiaGpus(said(file));
    expect(devices).toHaveLength(1);
    expect(devices[0]).toMatchObject(there);
    for (const field of absent) expect(devices[0]).not.toHaveProperty(field);
  });

  test("a card in trouble keeps its place, and half a total is no total", () => {
    const devices = parseNvidiaGpus(said("nvidia-560-err.csv"));
    expect(devices).toEqual([
      {
        index: 0,
        name: "NVIDIA GeForce RTX 3080",
        memory: "device",
        totalBytes: 10240 * mebi,
        usedBytes: 512 * mebi,
        utilisationPercent: 3,
      },
      { index: 1, name: "NVIDIA GeForce RTX 3080", memory: "device" },
    ]);
    expect([totalBytesOf(devices), usedBytesOf(devices), totalBytesOf([])]).toEqual([undefined, undefined, undefined]);
  });

  test.each(["nvidia-no-driver.txt", "nvidia-mismatch.txt", "nvidia-facts-470.txt"])("%s: words are no device", (file) => {
    expect(parseNvidiaGpus(said(file))).toEqual([]);
    expect(parseNvidiaProcesses(said(file))).toEqual([]);
  });

  test.each([
    ["a name with a comma", "0, Tesla, Inc. T4, 15360, 3, 0, 30", { name: "Tesla, Inc. T4", totalBytes: 15360 * mebi }],
    ["columns missing at the end", "0, NVIDIA T4, 15360, 3", { name: "NVIDIA T4", totalBytes: 15360 * mebi, usedBytes: 3 * mebi }],
    ["a total of nothing", "0, NVIDIA T4, 0, 0, 0, 30", { name: "NVIDIA T4", usedBytes: 0 }],
  ])("%s", (_, row, expected) => {
    const [device] = parseNvidiaGpus(row);
    expect(device).toMatchObject(expected);
  });

  test("processes with their memory; on Windows without", () => {
    expect(parseNvidiaProcesses(said("nvidia-apps-535.csv"))).toEqual([
      { pid: 2461, usedBytes: 8870 * mebi },
      { pid: 91822, usedBytes: 236 * mebi },
    ]);
    expect(parseNvidiaProcesses(said("nvidia-apps-windows.csv"))).toEqual([{ pid: 4312 }, { pid: 15020 }]);
  });

  test("architecture and driver; nothing where the question is refused", () => {
    const { architectures, driver } = parseNvidiaFacts(said("nvidia-facts-535.csv"));
    expect([[...architectures], driver]).toEqual([
      [
        [0, "8.6"],
        [1, "8.9"],
      ],
      "535.183.01",
    ]);
    expect(parseNvidiaFacts(said("nvidia-facts-470.txt"))).toEqual({ architectures: new Map(), driver: undefined });
  });
});

describe("rocm-smi", () => {
  test("ROCm 4: keys in small letters", () => {
    expect(parseRocmSmi(said("rocm-smi-4.json")).devices).toEqual([
      {
        index: 0,
        name: "Navi 21 [Radeon RX 6800/6800 XT / 6900 XT]",
        memory: "device",
        totalBytes: 17163091968,
        usedBytes: 1196716032,
        utilisationPercent: 3,
        temperatureC: 44,
      },
    ]);
  });

  test("ROCm 6: after a warning, with a processor's graphics beside the card", () => {
    expect(parseRocmSmi(said("rocm-smi-6.json"))).toEqual({
      driver: "6.8.5",
      devices: [
        {
          index: 0,
          name: "AMD Radeon RX 7900 XTX",
          memory: "device",
          totalBytes: 25753026560,
          usedBytes: 18253611008,
          utilisationPercent: 97,
          temperatureC: 38,
          architecture: "gfx1100",
        },
        { index: 1, name: "AMD GPU 1", memory: "device", totalBytes: 536870912, usedBytes: 21401600, architecture: "gfx1036" },
      ],
    });
  });

  test("without a driver there is no card", () => {
    expect(parseRocmSmi(said("rocm-smi-none.txt"))).toEqual({ devices: [], driver: undefined });
  });

  test("processes", () => {
    expect(parseRocmSmiProcesses(said("rocm-smi-pids.json"))).toEqual([
      { pid: 8123, name: "ollama", usedBytes: 17716740096 },
      { pid: 911, usedBytes: 4521984 },
    ]);
    expect(parseRocmSmiProcesses(said("rocm-smi-4.json"))).toEqual([]);
  });
});

describe("amd-smi", () => {
  test("ROCm 6: a list; its MB are 2 to the 20th", () => {
    expect(parseAmdSmi(said("amd-smi-metric-6.json"), said("amd-smi-static-6.json"))).toEqual({
      driver: "6.8.5",
      devices: [
        {
          index: 0,
          name: "Navi 31 [Radeon RX 7900 XT/7900 XTX/7900M]",
          memory: "device",
          totalBytes: 24560 * mebi,
          usedBytes: 17044 * mebi,
          utilisationPercent: 12,
          temperatureC: 41,
          architecture: "gfx1100",
        },
      ],
    });
  });

  test("ROCm 7: under gpu_data, after a warning; N/A is unknown, a total is then the card's own", () => {
    const { devices, driver } = parseAmdSmi(said("amd-smi-metric-7.json"), said("amd-smi-static-7.json"));
    expect(driver).toBeUndefined();
    expect(devices).toMatchObject([
      { name: "AMD Radeon RX 9070 XT", totalBytes: 16304 * mebi, usedBytes: 512 * mebi, utilisationPercent: 0, temperatureC: 52 },
      { name: "AMD GPU 1", totalBytes: 512 * mebi },
    ]);
    for (const field of ["usedBytes", "utilisationPercent", "temperatureC"]) expect(devices[1]).not.toHaveProperty(field);
  });

  test("ROCm 6.0: plain numbers, and no word of names", () => {
    expect(parseAmdSmi(said("amd-smi-metric-23.json"), "").devices).toMatchObject([
      { name: "AMD GPU 0", totalBytes: 16368 * mebi, usedBytes: 800 * mebi, utilisationPercent: 7, temperatureC: 40 },
    ]);
  });

  test("a process on two cards holds the sum; who says nothing holds an unknown amount", () => {
    expect(parseAmdSmiProcesses(said("amd-smi-process-6.json"))).toEqual([
      { pid: 8123, name: "ollama", usedBytes: 10_000_000_000 },
      { pid: 77 },
    ]);
    expect(parseAmdSmiProcesses(said("amd-smi-process-none.json"))).toEqual([]);
  });
});

describe("what the operating system tells", () => {
  test("a Mac's one memory: programs, wired and compressed pages are used, cached files are not", () => {
    const used = (1126461 - 11872 + 301555 + 251003) * 16384;
    expect(parseMac(said("sysctl-m3.txt"), said("vm-stat-15.txt"))).toEqual({
      index: 0,
      name: "Apple M3 Max",
      memory: "unified",
      totalBytes: 38654705664,
      usedBytes: used,
    });
    expect(macUsedBytes("command not found")).toBeUndefined();
  });

  test("a Mac with an Intel processor has no unified memory", () => {
    expect(parseMac(said("sysctl-intel.txt"), said("vm-stat-15.txt"))).toBeUndefined();
  });

  test("Linux: caches are free; an old kernel does not tell, and nothing is made up", () => {
    expect(parseMeminfo(said("meminfo-6.txt"))).toEqual({ totalBytes: 65732180 * 1024, usedBytes: (65732180 - 41203388) * 1024 });
    expect(parseMeminfo(said("meminfo-2.txt"))).toEqual({ totalBytes: 8061216 * 1024 });
    expect(systemMemory(undefined)).toMatchObject({ memory: "system", totalBytes: expect.any(Number), usedBytes: expect.any(Number) });
  });
});

describe("figures and JSON in tools' words", () => {
  test.each([
    ["24576", 24576],
    ["44.0", 44],
    [" 12 % ", 12],
    ["1024 MiB", 1024],
    ["45 °C", 45],
    ["-1", -1],
    ["[N/A]", undefined],
    ["ERR!", undefined],
    ["[Unknown Error]", undefined],
    ["", undefined],
    ["1,5", undefined],
    ["0x744c", undefined],
    [undefined, undefined],
  ])("%j is %j", (text, figure) => expect(figureIn(text)).toBe(figure));

  test("what no device can be is no measurement", () => {
    expect([percentIn("101"), percentIn("-1"), degreesIn("0"), degreesIn("65535")]).toEqual([undefined, undefined, undefined, undefined]);
  });

  test("JSON is found among warnings, and broken JSON is none", () => {
    expect(jsonIn('WARNING [x]: {careful}\n{"a": [1]}\nbye }')).toEqual({ a: [1] });
    expect(jsonIn('{"a": ')).toBeUndefined();
  });
});
