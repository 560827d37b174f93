// The `worker` command by itself: what `build/worker-files.ts` makes files of. As `cli.ts` starts it, without the other commands.
import { ended } from "./commands/ending.ts";
import { readOptions } from "./commands/options.ts";
import { keepYoungGenerationSmall, keepYoungObjectsYoung, markAloneOnOneCore } from "./host/heap.ts";

keepYoungGenerationSmall();
keepYoungObjectsYoung();
markAloneOnOneCore();
await ended(async () => {
  const [, ...args] = process.argv.slice(2);
  const { runWorker, workerOptions } = await import("./commands/worker.ts");
  await runWorker(readOptions(args, workerOptions), args, (line) => console.log(line));
});
