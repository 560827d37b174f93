// The command line: which command, with which options. Exit codes: 0 done or clean stop, 1 no answer from a running Homeport or errors that the doctor
// found, 2 bad usage or configuration, 3 port taken.
import { readFileSync } from "node:fs";
import { ended, usage } from "./ending.ts";
import { BadUsage, readFileAndOptions, readOptions } from "./options.ts";
import { onStop } from "./stopping.ts";

const simulateOptions = {
  nodes: { type: "string" },
  models: { type: "string" },
  config: { type: "string" },
  json: { type: "boolean" },
} as const;

async function main(argv: readonly string[]): Promise<void> {
  const [command, ...args] = argv;
  switch (command) {
    // Read only when asked for: whoever runs for months does not carry what another command needs.
    case "serve": {
      const { serve, serveOptions } = await import("./serve.ts");
      return serve(readOptions(args, serveOptions));
    }
    case "explain": {
      const { explainOptions, runExplain } = await import("./explain-command.ts");
      const { config, control, token = process.env["HOMEPORT_TOKEN"], ...wish } = readOptions(args, explainOptions);
      return runExplain({ ...wish, token, control: control ?? (await controlAddress(config)) }, (line) => console.log(line));
    }
    case "load":
    case "unload": {
      const { loadOptions, runLoad } = await import("./load-command.ts");
      const { config, control, token = process.env["HOMEPORT_TOKEN"], ...wish } = readOptions(args, loadOptions);
      const address = control ?? (await controlAddress(config));
      return runLoad({ ...wish, what: command, token, control: address }, (line) => console.log(line));
    }
    case "doctor": {
      const { doctorOptions, runDoctor } = await import("./doctor-command.ts");
      const { token = process.env["HOMEPORT_TOKEN"], ...command } = readOptions(args, doctorOptions);
      process.exitCode = await runDoctor({ ...command, token }, (text) => console.log(text));
      return;
    }
    case "import": {
      const { importOptions, runImport } = await import("./import-command.ts");
      return runImport(
        readFileAndOptions(args, importOptions),
        (text) => console.log(text),
        (line) => console.error(line),
      );
    }
    case "worker": {
      const { runWorker, workerOptions } = await import("./worker.ts");
      return runWorker(readOptions(args, workerOptions), args, (line) => console.log(line));
    }
    case "simulate":
      return simulate(readOptions(args, simulateOptions));
    case "help":
    case "--help":
      console.log(usage);
      return;
    default:
      throw new BadUsage(command === undefined ? "A command is missing." : `There is no command ${JSON.stringify(command)}.`);
  }
}

/** Where the configuration says that the control port is; it is always on this machine. */
async function controlAddress(file: string | undefined): Promise<string> {
  const { defaultConfig } = await import("../contract/config.ts");
  const { port } = file === undefined ? defaultConfig.control : await controlIn(file);
  return `http://127.0.0.1:${port}`;
}

async function controlIn(file: string) {
  const { parseConfig } = await import("../host/config-text.ts");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new BadUsage(`--config: ${file} cannot be read.`);
  }
  const parsed = parseConfig(text, file);
  if ("failure" in parsed) throw new BadUsage(parsed.failure.message);
  return parsed.config.control;
}

async function simulate(options: ReturnType<typeof readOptions<typeof simulateOptions>>): Promise<void> {
  const nodes = Number(options.nodes ?? (options.config === undefined ? Number.NaN : 0));
  if (!Number.isInteger(nodes) || nodes < (options.config === undefined ? 1 : 0) || nodes > 1000) {
    throw new BadUsage(`--nodes: expected a number from 1 to 1000, got ${JSON.stringify(options.nodes ?? null)}.`);
  }
  const models = options.models === undefined ? undefined : Number(options.models);
  if (models !== undefined && (!Number.isInteger(models) || models < 1 || models > 1000))
    throw new BadUsage(`--models: expected a number from 1 to 1000, got ${JSON.stringify(options.models)}.`);
  const { runSimulate } = await import("../simulator/simulate-command.ts");
  const running = await runSimulate({ nodes, models, config: options.config, json: options.json === true }, (line) => console.log(line));
  onStop(() => running.stop());
}

/** Runs a command, and ends as it says. */
export function run(argv: readonly string[]): Promise<void> {
  return ended(() => main(argv));
}
