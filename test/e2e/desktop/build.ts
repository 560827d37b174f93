// Before the desktop suite: the window and the preload as they are shipped, built where their sources changed.
import { buildIfStale } from "../../../build/freshness.ts";

// biome-ignore lint/style/noDefaultExport: vitest calls a global set-up by its default export
export default async function build(): Promise<void> {
  await buildIfStale("window");
  await buildIfStale("desktop");
}
