// The same app on the real Electron, wherever its binary is: what no stand-in can prove. Elsewhere it says clearly that it was skipped.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { _electron } from "playwright";
import { expect, test } from "vitest";
import { findElectron } from "../../../build/electron-binary.ts";
import { root } from "../../../build/paths.ts";

const binary = findElectron();
const hasDisplay = process.platform !== "linux" || Boolean(process.env["DISPLAY"] ?? process.env["WAYLAND_DISPLAY"]);
const missing = binary === undefined ? "no Electron binary" : hasDisplay ? undefined : "no display";
if (missing !== undefined) console.log(`The smoke test on the real Electron is skipped: this machine has ${missing}.`);

test.skipIf(missing !== undefined)(
  "the built app starts on the real Electron, isolated, and shows its window",
  { timeout: 60_000 },
  async () => {
    expect(existsSync(join(root, "dist/electron/main.js"))).toBe(true);
    const data = mkdtempSync(join(tmpdir(), "homeport-electron-"));
    writeFileSync(join(data, "settings.json"), JSON.stringify({ gateway: { port: 0 } }));
    const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    const app = await _electron.launch({ executablePath: binary ?? "", args: [...sandbox, root, "--no-discover", "--data", data] });
    try {
      const window = await app.firstWindow();
      await window.waitForURL(/^app:\/\/homeport\//);
      await window.getByRole("heading").first().waitFor();
      expect(
        await window.evaluate(() => [typeof Reflect.get(window, "require"), Object.keys(Reflect.get(window, "bridge") ?? {})]),
      ).toEqual(["undefined", ["call", "listen"]]);
      // P-12: the lock is real here; the loser binds nothing and ends well.
      const second = spawn(binary ?? "", [...sandbox, root, "--no-discover", "--data", data], { stdio: "ignore" });
      expect(await once(second, "exit")).toEqual([0, null]);
    } finally {
      await app.close();
      rmSync(data, { recursive: true, force: true });
    }
  },
);
