// The command line's words: options read strictly, a misspelt one told with the one that was probably meant.
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { editDistance } from "../domain/names.ts";

/** Exit code 2, with the usage after the message. */
export class BadUsage extends Error {}

/** The options of a command; throws `BadUsage`. */
export function readOptions<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) {
  return parsed(args, options, false).values;
}

/** The same for a command that takes exactly one file before or after its options. */
export function readFileAndOptions<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) {
  const { values, positionals } = parsed(args, options, true);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new BadUsage(file === undefined ? "A FILE is missing." : "Only one FILE can be given.");
  return { file, options: values };
}

function parsed<T extends ParseArgsOptionsConfig, P extends boolean>(args: readonly string[], options: T, allowPositionals: P) {
  const known = Object.keys(options);
  for (const arg of args) {
    const name = /^--([^=]+)/.exec(arg)?.[1];
    if (name === undefined || known.includes(name)) continue;
    const near = known.find((one) => editDistance(one, name) <= 2);
    throw new BadUsage(`There is no option --${name}.${near === undefined ? "" : ` Did you mean --${near}?`}`);
  }
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals });
  } catch (error) {
    throw new BadUsage(error instanceof Error ? error.message : String(error));
  }
}

/** A port of an option, or undefined when it was not given. */
export function portOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new BadUsage(`--${name}: expected a port from 0 to 65535, got ${JSON.stringify(text)}.`);
}
