// Electron's entry. Order is everything here: the lock before anything binds or opens (P-12), the scheme before the app is ready.
// No top-level await: Electron is ready only after this module has ended.
import { app, dialog, protocol } from "electron";
import type { Log } from "../src-core/engine/ports.ts";
import { PortTaken, startHomeport } from "../src-core/homeport.ts";
import { capYoungGeneration, keepYoungObjectsYoung, markAloneOnOneCore } from "../src-core/host/heap.ts";
import { openLog } from "../src-core/host/log.ts";
import { appId } from "./app-id.ts";
import { placeOfLink, type SecondStart, secondStart, startWishes } from "./arguments.ts";
import { startDesktop } from "./desktop.ts";
import { wordsFor } from "./language/words.ts";
import { scheme } from "./scheme.ts";
import { denyEverythingElse } from "./security.ts";

const wishes = startWishes(process.argv.slice(1));
/** The window asks for the same list. */
const words = () => wordsFor(app.getPreferredSystemLanguages());

async function run(log: Log): Promise<void> {
  let open: Awaited<ReturnType<typeof startDesktop>>["open"] | undefined;
  // What came before there was a window to show is shown once there is one.
  const waiting: SecondStart[] = [];
  const show = (asked: SecondStart) => {
    if (!asked.show) return;
    if (open === undefined) waiting.push(asked);
    else open(asked.place);
  };
  app.on("second-instance", (_event, args: unknown) => show(secondStart(args)));
  app.on("open-url", (event, link: unknown) => {
    event.preventDefault();
    const place = placeOfLink(link);
    if (place !== undefined) show({ show: true, place });
  });
  await app.whenReady();
  ({ open } = await startDesktop(startHomeport, { log, words: words(), ...wishes }));
  const own = secondStart(process.argv.slice(1));
  // Linux and Windows hand a link over as an argument of the first start, too.
  if (own.show && own.place !== undefined) open(own.place);
  waiting.slice(-1).forEach(show);
}

capYoungGeneration();
keepYoungObjectsYoung();
markAloneOnOneCore();
app.setName("Homeport");
app.setAppUserModelId(appId);
if (wishes.data !== undefined) app.setPath("userData", wishes.data);
if (app.requestSingleInstanceLock()) {
  app.enableSandbox();
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
  const log = openLog();
  denyEverythingElse(app, log);
  run(log).catch((error: unknown) => {
    dialog.showErrorBox(words().desktop.cannotStart, error instanceof Error ? error.message : String(error));
    app.exit(error instanceof PortTaken ? 3 : 1);
  });
} else {
  // The first start has our arguments and shows its window; nothing was bound or opened here.
  app.exit(0);
}
