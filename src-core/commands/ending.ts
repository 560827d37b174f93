// How a command ends: what is said, and with which code.
import { BadUsage } from "./options.ts";

/** All that can be asked for. */
export const usage = `Usage:
  cli.ts serve [--config FILE] [--data DIR] [--host H] [--port 4663] [--control-port 4664] [--demo [--demo-nodes N]] [--no-discover] [--json]
  cli.ts explain --model M [--request FILE] [--profile P] [--agent A] [--policy P] [--local] [--config FILE] [--control URL] --token T [--json]
  cli.ts load --model M [--node ID] [--anyway] [--config FILE] [--control URL] --token T [--json]
  cli.ts unload --model M --node ID [--config FILE] [--control URL] --token T [--json]
  cli.ts doctor [--node ID] [--config FILE | --data DIR] [--control URL --token T] [--fix | --json]
  cli.ts import FILE [--format nomyo|coderouter|dagi|cortex] [--out FILE] [--force] [--json]
  cli.ts worker --id ID --runtime URL [--runtime URL …] [--nats URL] [--nats-credentials FILE] [--nats-ca FILE] [--nats-plain]
                [--listen 127.0.0.1:13131] [--token-file FILE] [--jobs 4] [--data DIR] [--json]
  cli.ts worker … --install-unit systemd|launchd    prints a unit; nothing is installed
  cli.ts worker … --permissions                     prints users for nats-server's configuration
  cli.ts simulate --nodes N [--models N] [--config FILE] [--json]`;

const exitBadUsage = 2;

/** Runs a command; a failure is told on stderr and ends the process with its code. */
export async function ended(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    const code = codeOf(error);
    if (error instanceof BadUsage) console.error(`${error.message}\n\n${usage}`);
    else console.error(code !== undefined && error instanceof Error ? error.message : error);
    process.exit(code ?? 1);
  }
}

/** Undefined for a bug, whose stack is shown. A command's own failures say how they end. */
function codeOf(error: unknown): number | undefined {
  if (error instanceof BadUsage) return exitBadUsage;
  return error instanceof Error && "exitCode" in error && typeof error.exitCode === "number" ? error.exitCode : undefined;
}
