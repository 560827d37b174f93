// `npm run build`: the window, the desktop shell and the worker, each only where its sources changed.
import { runNode } from "./child.ts";
import { buildIfStale } from "./freshness.ts";
import { root } from "./paths.ts";

for (const part of ["window", "desktop"] as const) {
  if (!(await buildIfStale(part))) console.error(`Homeport: the ${part} is up to date.`);
}
process.exitCode = (await runNode(`${root}build/worker.ts`, [], { output: "inherit" })).code;
