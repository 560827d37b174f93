// A desktop that cannot start its sandbox is told why, and never started without one.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../build/paths.ts";
import { sandboxHint } from "../../build/sandbox-hint.ts";

const switches: Readonly<Record<string, readonly [forbids: string, allows: string]>> = {
  "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": ["1\n", "0\n"],
  "/proc/sys/kernel/unprivileged_userns_clone": ["0\n", "1\n"],
  "/proc/sys/user/max_user_namespaces": ["0\n", "63000\n"],
};

test.each(Object.entries(switches))("S-59: %s forbids the sandbox: the hint names the switch that allows it", (path, [forbids]) => {
  const name = path.replace("/proc/sys/", "").replaceAll("/", ".");
  expect(sandboxHint((asked) => (asked === path ? forbids : undefined))).toContain(`sudo sysctl ${name}=`);
});

test("S-59: where nothing forbids it, or the kernel has no such switch, nothing is claimed", () => {
  expect(sandboxHint(() => undefined)).toBeUndefined();
  expect(sandboxHint((path) => switches[path]?.[1])).toBeUndefined();
});

test("S-59: only root, whom Chromium refuses otherwise, is started without the sandbox", () => {
  const start = readFileSync(join(root, "build/start.ts"), "utf8");
  expect(start.match(/no-sandbox/g)).toHaveLength(1);
  expect(start).toContain('process.getuid?.() === 0 ? ["--no-sandbox"] : []');
});
