// The doctor (source-systems.md 5.13, issue 6): looks at everything that can be wrong and tells each thing with what mends it. It changes nothing, loads
// nothing, and looks once at a time: whoever asks meanwhile gets the same answer.
import type { Config } from "../contract/config.ts";
import type { Diagnosis, DoctorWish, Finding } from "../contract/diagnosis.ts";
import { type Failure, fail } from "../contract/failure.ts";
import { nearNames } from "../domain/names.ts";
import type { Clock, ConfigSource, Doctor, SecretStore, Secrets, Survey } from "../engine/ports.ts";
import { defaultDataDir } from "../host/data-dir.ts";
import { toldChange } from "./change-words.ts";
import { type Doors, examineDoors } from "./doors.ts";
import { examineKeys } from "./keys.ts";
import { machineFindings } from "./machine.ts";
import { machineFacts } from "./machine-facts.ts";
import { examineNodes, type House } from "./nodes.ts";
import { examineServers } from "./servers.ts";

/** Longer nobody waits; what was not asked by then is told as such. */
const longestMs = 300_000;

export interface DoctorParts {
  readonly config: Pick<ConfigSource, "current">;
  readonly secrets: Secrets;
  /** The desktop's; without it a key kept there cannot be looked for. */
  readonly secretStore?: SecretStore | undefined;
  readonly survey: Survey;
  readonly clock: Clock;
  /** Where settings and history are kept; the usual folder where absent. */
  readonly dataDir?: string | undefined;
  /** The running engine. Without it only what can be seen from beside it is looked at. */
  readonly house?: House | undefined;
  /** Where its doors are. */
  readonly doors?: (() => Doors) | undefined;
  /** False in the desktop app, which has no control port. */
  readonly control: boolean;
}

/** A doctor for this house. */
export function createDoctor(parts: DoctorParts): Doctor {
  const underWay = new Map<string, Promise<Diagnosis>>();
  return {
    async examine(wish) {
      const unknown = unknownNode(parts, wish);
      if (unknown !== undefined) return { failure: unknown };
      const key = wish.node ?? "";
      const running = underWay.get(key) ?? examine(parts, wish).finally(() => underWay.delete(key));
      underWay.set(key, running);
      return running;
    },
  };
}

function unknownNode({ config, house }: DoctorParts, { node }: DoctorWish): Failure | undefined {
  const known: readonly string[] = house === undefined ? config.current().nodes.map(({ id }) => id) : Object.keys(house.fleet.nodes);
  if (node === undefined || known.includes(node)) return undefined;
  const near = nearNames(node, known);
  return fail("not-found", `There is no node ${node}.${near.length === 0 ? "" : ` Near names: ${near.join(", ")}.`}`, { near });
}

async function examine(parts: DoctorParts, { node }: DoctorWish): Promise<Diagnosis> {
  const { secrets, survey, clock, house } = parts;
  const config = parts.config.current();
  const at = clock.now();
  const signal = AbortSignal.timeout(longestMs);
  const running = house !== undefined;
  const keys = examineKeys(config, secrets, { running, store: parts.secretStore !== undefined }, node);
  const [whole, nodes] = await Promise.all([
    node === undefined ? examineHouse(parts, config, signal, at) : [],
    examineNodes({ house, survey, clock, signal }, config, node),
  ]);
  return { at, running, findings: [...whole, ...keys, ...nodes].map(toldChange) };
}

async function examineHouse(parts: DoctorParts, config: Config, signal: AbortSignal, at: number): Promise<readonly Finding[]> {
  const { survey, secrets, control, dataDir = defaultDataDir() } = parts;
  const wished: Doors = { gateway: { ...config.gateway, bound: undefined }, control: { ...config.control, bound: undefined } };
  const [doors, servers, machine] = await Promise.all([
    examineDoors({ config, survey, doors: parts.doors?.() ?? wished, control, signal }),
    examineServers(config, secrets),
    machineFacts(dataDir, at),
  ]);
  return [...doors, ...servers, ...machineFindings(machine)];
}
