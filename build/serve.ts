// `npm run serve`: the headless gateway from source, with the window built when its sources changed.
import { runNode } from "./child.ts";
import { buildIfStale } from "./freshness.ts";
import { root } from "./paths.ts";

await buildIfStale("window");
const ended = await runNode(`${root}src-core/cli.ts`, ["serve", ...process.argv.slice(2)], { output: "inherit" });
process.exitCode = ended.code;
