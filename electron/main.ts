// Electron's entry. Order is everything here: the lock before anything binds or opens (P-12), the scheme before the app is ready.
// No top-level await: Electron is ready only after this module has ended.
import { parseArgs } from "node:util";
import { app, dialog, protocol } from "electron";
import type { Log } from "../src-core/engine/ports.ts";
import { PortTaken, startHomeport } from "../src-core/homeport.ts";
import { keepYoungObjectsYoung } from "../src-core/host/heap.ts";
import { openLog } from "../src-core/host/log.ts";
import { startDesktop } from "./desktop.ts";
import { scheme } from "./scheme.ts";
import { denyEverythingElse } from "./security.ts";

/** The same as in the installer's shortcut, or Windows shows no notifications (P-10). */
const appId = "dev.homeport.app";

/** Chromium's own switches stand among ours and are not ours to judge. */
const { values } = parseArgs({
  args: process.argv.slice(1),
  strict: false,
  options: { demo: { type: "boolean" }, hidden: { type: "boolean" }, "no-discover": { type: "boolean" }, data: { type: "string" } },
});

async function run(log: Log): Promise<void> {
  let open = () => {};
  app.on("second-instance", () => open());
  await app.whenReady();
  const wished = { log, demo: values.demo === true, hidden: values.hidden === true, discover: values["no-discover"] !== true };
  ({ open } = await startDesktop(startHomeport, wished));
}

keepYoungObjectsYoung();
app.setName("Homeport");
app.setAppUserModelId(appId);
if (typeof values.data === "string") app.setPath("userData", values.data);
if (app.requestSingleInstanceLock()) {
  app.enableSandbox();
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
  const log = openLog();
  denyEverythingElse(app, log);
  run(log).catch((error: unknown) => {
    dialog.showErrorBox("Homeport cannot start", error instanceof Error ? error.message : String(error));
    app.exit(error instanceof PortTaken ? 3 : 1);
  });
} else {
  // The first start has our arguments and shows its window; nothing was bound or opened here.
  app.exit(0);
}
