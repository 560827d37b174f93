// The command line's door. Node keeps what it compiled, types already taken out, so that every start but the first is quick and small: that has
// to be asked for before the modules of ours are read, hence this file and no more in it.
import { enableCompileCache } from "node:module";
import { capYoungGeneration, keepYoungGenerationSmall, keepYoungObjectsYoung, markAloneOnOneCore } from "./host/heap.ts";
import { startLean } from "./host/lean-start.ts";

// A worker shares its machine with models, and has little to do itself. What is only printed needs no such start.
if (process.argv[2] === "worker") {
  if (!process.argv.some((arg) => arg.startsWith("--install-unit") || arg === "--permissions")) startLean();
  keepYoungGenerationSmall();
} else capYoungGeneration();
keepYoungObjectsYoung();
markAloneOnOneCore();
enableCompileCache();
const { run } = await import("./commands/main.ts");
await run(process.argv.slice(2));
