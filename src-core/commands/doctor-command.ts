// `doctor`: asks a running Homeport to look at itself, or looks from beside where none runs. With `--fix` it asks about each change and writes those
// that were agreed to. Exit codes: 0 no error found, 1 errors found, 2 bad usage.
import { createInterface } from "node:readline/promises";
import { z } from "zod";
import { type Config, defaultConfig } from "../contract/config.ts";
import { type ConfigChange, Diagnosis, type Finding } from "../contract/diagnosis.ts";
import type { Failure } from "../contract/failure.ts";
import { NodeId } from "../contract/ids.ts";
import { createDoctor } from "../doctor/doctor.ts";
import { withChange } from "../domain/config-change.ts";
import { systemClock } from "../host/clock.ts";
import { openConfigFile } from "../host/config-file.ts";
import { formatOf, parseConfig } from "../host/config-text.ts";
import { defaultDataDir } from "../host/data-dir.ts";
import { environmentSecrets } from "../host/secrets.ts";
import { openSettings } from "../host/settings.ts";
import { confSettingsFile, readTextIfThere } from "../host/settings-file.ts";
import { survey } from "../nodes/survey.ts";
import { type ControlAddress, ControlFailed, callControl } from "./control-call.ts";
import { diagnosisLines } from "./doctor-words.ts";
import { BadUsage } from "./options.ts";

export const doctorOptions = {
  node: { type: "string" },
  config: { type: "string" },
  data: { type: "string" },
  control: { type: "string" },
  token: { type: "string" },
  fix: { type: "boolean" },
  json: { type: "boolean" },
} as const;

export interface DoctorCommand {
  readonly node?: string | undefined;
  readonly config?: string | undefined;
  readonly data?: string | undefined;
  readonly control?: string | undefined;
  readonly token?: string | undefined;
  readonly fix?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** Where a person answers. Absent: standard input. */
export type AskPerson = (question: string) => Promise<boolean>;

const answerMs = 330_000;
const exitErrors = 1;

/** Prints what was found and returns the exit code. Throws `BadUsage`. */
export async function runDoctor(command: DoctorCommand, print: (text: string) => void, person?: AskPerson): Promise<number> {
  if (command.fix === true && command.json === true)
    throw new BadUsage("--fix asks before it changes anything, so it does not go with --json.");
  const node = command.node === undefined ? undefined : NodeId.safeParse(command.node).data;
  if (command.node !== undefined && node === undefined) throw new BadUsage(`--node: ${JSON.stringify(command.node)} is no node's id.`);
  const opened = openedConfig(command);
  const { diagnosis, isAsked } = await diagnosed(command, opened, node);
  if (command.json === true) print(JSON.stringify(diagnosis));
  else for (const line of diagnosisLines(diagnosis)) print(line);
  const write = isAsked ? overControl(command, opened.config) : besides(command);
  if (command.fix === true) await mend(diagnosis.findings, write, print, person);
  return diagnosis.findings.some(({ level }) => level === "error") ? exitErrors : 0;
}

interface Opened {
  readonly config: Config;
  /** Why the configuration could not be read as it stands. */
  readonly failure?: Failure;
}

/** Reads only: looking must not repair settings. */
function openedConfig({ config: file, data = defaultDataDir() }: DoctorCommand): Opened {
  const path = file ?? confSettingsFile(data).path;
  let text: string | undefined;
  try {
    text = readTextIfThere(path);
  } catch {
    throw new BadUsage(`${path} cannot be read.`);
  }
  if (text === undefined && file !== undefined) throw new BadUsage(`--config: there is no file ${file}.`);
  const read = parseConfig(text ?? "", path, formatOf(path));
  return "failure" in read ? { config: defaultConfig, failure: read.failure } : { config: read.config };
}

async function diagnosed(command: DoctorCommand, opened: Opened, node: NodeId | undefined) {
  const wish = node === undefined ? {} : { node };
  const before: Finding[] = opened.failure === undefined ? [] : [badConfig(opened.failure)];
  if (command.token !== undefined || command.control !== undefined) {
    try {
      const diagnosis = await callControl(addressOf(command, opened.config), "doctor", wish, Diagnosis);
      return { diagnosis: { ...diagnosis, findings: [...before, ...diagnosis.findings] }, isAsked: true };
    } catch (error) {
      if (!(error instanceof ControlFailed)) throw error;
      before.push({
        id: "running",
        level: error.because === "silence" ? "note" : "error",
        title: "The running Homeport",
        says: error.message,
      });
    }
  }
  const secrets = environmentSecrets();
  const config = { current: () => opened.config };
  const doctor = createDoctor({ config, secrets, survey, clock: systemClock, dataDir: command.data, control: true });
  const examined = await doctor.examine(wish);
  if ("failure" in examined) throw new BadUsage(`--node: ${examined.failure.message}`);
  return { diagnosis: { ...examined, findings: [...before, ...examined.findings] }, isAsked: false };
}

function badConfig({ message }: Failure): Finding {
  const fix = { says: "Mend it in an editor; until then the last good configuration, or none, is in force." };
  return { id: "config", level: "error", title: "Configuration", says: message, fix };
}

function addressOf({ control, token }: DoctorCommand, config: Config): ControlAddress {
  const elsewhere = "the desktop app has a button for this in its settings.";
  return { control: control ?? `http://127.0.0.1:${config.control.port}`, token, answerMs, elsewhere };
}

/** Returns why a change was not written. */
type Write = (change: ConfigChange) => Promise<string | undefined>;

function overControl(command: DoctorCommand, config: Config): Write {
  return async (change) => {
    try {
      await callControl(addressOf(command, config), "applyFix", { change }, z.object({}));
      return undefined;
    } catch (error) {
      if (error instanceof ControlFailed) return error.message;
      throw error;
    }
  };
}

function besides({ config: file, data = defaultDataDir() }: DoctorCommand): Write {
  return async (change) => {
    if (file === undefined) {
      const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
      const settings = openSettings(confSettingsFile(data), { clock: systemClock, log });
      const failure = await settings.update((document) => withChange(document, change));
      return settings.close() ? failure?.message : "The settings could not be written. Check the disk and the rights of its folder.";
    }
    const opened = openConfigFile(file, { clock: systemClock });
    if ("failure" in opened) return opened.failure.message;
    const failure = await opened.update((document) => withChange(document, change));
    opened.close();
    return failure?.message;
  };
}

async function mend(
  findings: readonly Finding[],
  write: Write,
  print: (text: string) => void,
  person: AskPerson | undefined,
): Promise<void> {
  const changes = findings.flatMap(({ title, fix }) =>
    fix?.change === undefined || fix.writes === undefined
      ? []
      : [{ question: `${title}: ${fix.writes} Write it? [y/N] `, change: fix.change }],
  );
  if (changes.length === 0) return print("There is no change that could be written.");
  const terminal = person === undefined ? terminalPerson() : undefined;
  const ask = person ?? terminal?.ask;
  for (const { question, change } of changes) {
    if ((await ask?.(question)) !== true) continue;
    const failure = await write(change);
    print(failure === undefined ? "Written." : `Not written: ${failure}`);
  }
  terminal?.close();
}

/** Only a plain yes is one; the end of the input is a no. */
function terminalPerson(): { readonly ask: AskPerson; readonly close: () => void } {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  return {
    ask: async (question) => /^y(?:es)?$/i.test((await Promise.race([lines.question(question), ended])).trim()),
    close: () => lines.close(),
  };
}
