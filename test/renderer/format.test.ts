import { describe, expect, test } from "vitest";
import { age, bytes, clockTime, context, countdown, duration, latency, plural, speed, wholeDuration } from "../../renderer/format.ts";
import { count } from "../../renderer/language/en/count.ts";

describe("Figures", () => {
  test("UX decision 4: what is unknown, broken or negative never reads as a figure", () => {
    for (const broken of [undefined, Number.NaN, Number.POSITIVE_INFINITY, -1]) {
      expect(bytes(broken)).toBe("unknown");
      expect(duration(broken)).toBe("unknown");
      expect(context(broken)).toBe("unknown");
      expect(latency(broken)).toBe("unknown");
    }
    expect(speed(undefined, undefined)).toBe("");
    expect(age(undefined, 1)).toBe("never");
  });

  test.each([
    [0, "0 GB"],
    [12_000, "12 kB"],
    [270e6, "270 MB"],
    [4_683_087_332, "4.7 GB"],
    [99.96e9, "100 GB"],
  ])("%d bytes read as %s, in the units models are listed in", (value, said) => expect(bytes(value)).toBe(said));

  test.each([
    [4, "4 ms"],
    [4_200, "4.2 s"],
    [38_400, "38 s"],
    [119_000, "119 s"],
    [240_000, "4 min"],
    [4_320_000, "1 h 12 min"],
    [7_200_000, "2 h"],
    [260_000_000, "3 d"],
  ])("%d ms read as %s", (ms, said) => expect(duration(ms)).toBe(said));

  test("A ticking figure moves in whole seconds", () => expect(wholeDuration(3_900)).toBe("3 s"));

  test("A clock slightly ahead of the engine's does not read as the future", () => expect(age(1_000, 400)).toBe("just now"));

  test("A countdown ends at zero instead of counting below it", () => {
    expect(countdown(102_000, 0)).toBe("1:42");
    expect(countdown(3_725_000, 0)).toBe("1:02:05");
    expect(countdown(0, 5_000)).toBe("0:00");
  });

  test("Powers of two read as model cards write them, other contexts as they are", () => {
    expect([8_192, 131_072, 10_000, 40_960, 512].map(context)).toEqual(["8k", "128k", "10k", "40k", "512"]);
  });

  test("Tokens counted by us are marked as such", () => {
    expect(speed(43.12, true)).toBe("~43.1 tok/s");
    expect(speed(143.12, false)).toBe("143 tok/s");
  });

  test("What is counted takes the form its number asks for; a form that is not there is the other", () => {
    expect([0, 1, 2, 12_345].map((value) => count(value, "model"))).toEqual(["0 models", "1 model", "2 models", "12,345 models"]);
    expect(plural(1, { other: "Modelle" })).toBe("Modelle");
  });

  test("A time of day has seconds whatever the locale", () => expect(clockTime(0)).toMatch(/^\d\d:\d\d:\d\d$/));
});
