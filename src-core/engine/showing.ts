// Ollama's `/api/show`, asked of the node that has the model.
import { type Failure, fail } from "../contract/failure.ts";
import { entryOn } from "../domain/inventory.ts";
import { canonicalName } from "../domain/names.ts";
import type { Engine } from "./engine.ts";

const showMs = 10_000;

/** From a node that lists the model and is up; a node that is down is asked where there is no other. */
export async function showModel(
  engine: Pick<Engine, "fleet" | "adapterOf">,
  model: string,
  verbose: boolean,
): Promise<{ readonly body: unknown } | { readonly failure: Failure }> {
  const key = canonicalName(model);
  const homes = Object.values(engine.fleet.nodes).filter(
    (node) => node.enabled && node.can.dialects.includes("ollama") && entryOn(node, key) !== undefined,
  );
  const home = homes.find((node) => node.health.state === "up") ?? homes[0];
  const adapter = home === undefined ? undefined : engine.adapterOf(home.id);
  if (home === undefined || adapter === undefined)
    return { failure: fail("unknown-model", `No Ollama node lists ${JSON.stringify(model)}.`) };
  const body = Buffer.from(JSON.stringify({ model: entryOn(home, key)?.id ?? model, ...(verbose ? { verbose } : {}) }));
  const call = { method: "POST" as const, path: "/api/show", headers: { "content-type": "application/json" }, body };
  const answer = await adapter.fetchJson(call, AbortSignal.timeout(showMs));
  if ("failure" in answer) return answer;
  if (answer.status === 200) return { body: answer.body };
  return { failure: fail("upstream-unavailable", `${home.id} did not show ${model} (status ${answer.status}).`, { node: home.id }) };
}
