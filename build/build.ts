// `npm run build`: the window and the desktop shell, each only where its sources changed.
import { buildIfStale } from "./freshness.ts";

for (const part of ["window", "desktop"] as const) {
  if (!(await buildIfStale(part))) console.error(`Homeport: the ${part} is up to date.`);
}
