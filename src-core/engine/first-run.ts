// First run: with no node configured, look at this machine's usual ports and add what is found there. Loopback only, so nobody needs to be asked (S-44).
import { NodeId } from "../contract/ids.ts";
import type { Engine } from "./engine.ts";
import type { ConfigSource, Log, Survey } from "./ports.ts";

const surveyMs = 3_000;

/** Adds the servers found on loopback when nothing is configured and discovery is on. Returns their ids. */
export async function addFoundNodes(
  engine: Engine,
  config: ConfigSource,
  survey: Survey,
  ownPorts: readonly number[],
  log: Log,
): Promise<readonly NodeId[]> {
  const current = config.current();
  if (!current.discovery.enabled || current.nodes.length > 0 || config.extraNodes.length > 0) return [];
  const found = await survey.discover(ownPorts, AbortSignal.timeout(surveyMs));
  const nodes = found.flatMap((server, index) =>
    server.kind === undefined
      ? []
      : [{ id: NodeId.parse(`${server.kind}-${index + 1}`), kind: server.kind, url: server.url, name: `${server.label} on this machine` }],
  );
  if (nodes.length === 0) return [];
  const failure = await config.update((document) => ({ ...document, nodes }));
  if (failure !== undefined) {
    log.warn({ says: failure.message }, "found servers could not be added");
    return [];
  }
  engine.notify({
    kind: "nodes-found",
    title: `Found ${nodes.length} model server${nodes.length === 1 ? "" : "s"}`,
    body: nodes.map(({ url }) => url).join(", "),
    urgent: false,
  });
  return nodes.map(({ id }) => id);
}
