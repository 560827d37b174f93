// Prints the file that starts a worker, made first where its sources changed. Where it cannot be made, says why in a line; the worker then runs from
// its sources.
import { workerFile } from "./worker-files.ts";

try {
  console.log(await workerFile());
} catch (error) {
  const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
  console.error(`Homeport: the worker runs from its sources and takes about 20 MB more, because its files cannot be made: ${why}`);
  process.exitCode = 1;
}
