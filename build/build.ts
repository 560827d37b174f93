// `npm run build`: the window, the desktop shell and the worker, each only where its sources changed.
import { buildIfStale } from "./freshness.ts";
import { workerFile } from "./worker-files.ts";

for (const part of ["window", "desktop"] as const) {
  if (!(await buildIfStale(part))) console.error(`Homeport: the ${part} is up to date.`);
}
console.error(`Homeport: the worker starts from ${await workerFile()}`);
