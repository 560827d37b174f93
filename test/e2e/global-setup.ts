// Builds the window before the browser suite, unless what stands in dist/ was built from these very sources.
import { buildIfStale } from "../../build/freshness.ts";

/** Playwright takes a default export here and nothing else. */
// biome-ignore lint/style/noDefaultExport: the runner asks for it
export default async function globalSetup(): Promise<void> {
  await buildIfStale("window");
}
