// A process that saves new settings without a pause until it is killed; prints a line per save. For the power-cut test.
import { systemClock } from "../../src-core/host/clock.ts";
import { openSettings } from "../../src-core/host/settings.ts";
import { confSettingsFile } from "../../src-core/host/settings-file.ts";

const log = { info: () => {}, warn: () => {}, error: () => {} };
const settings = openSettings(confSettingsFile(process.argv[2] ?? "."), { clock: systemClock, log });
for (let generation = 0; ; generation++) {
  void settings.update((document) => ({
    ...document,
    catalogue: Array.from({ length: 20 }, (_, index) => ({ model: `m-${generation}-${index}` })),
  }));
  settings.close();
  process.stdout.write(`${generation}\n`);
}
