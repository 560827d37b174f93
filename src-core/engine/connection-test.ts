// Calls our own gateway through its own port, as an app of a dialect would: guard, key and routing included. Only models that are in memory are
// asked, unless a person confirmed: every node that would have to load is excluded by the call itself.
import type { Config } from "../contract/config.ts";
import type { ConnectionAsk, ConnectionVerdict } from "../contract/connecting.ts";
import type { Fleet, Node } from "../contract/fleet.ts";
import type { NodeId } from "../contract/ids.ts";
import { secretRemedy } from "../contract/secret-ref.ts";
import { entryOn } from "../domain/inventory.ts";
import { serves, typeOf } from "../domain/model-types.ts";
import { canonicalName } from "../domain/names.ts";
import { mayAsk } from "./client-access.ts";
import { ConnectionAnswer } from "./connection-answer.ts";
import type { Engine } from "./engine.ts";
import type { Clock, Secrets, UpstreamCall, UpstreamHandle, UpstreamSink } from "./ports.ts";

/** A line to the gateway's own port that shows this key, if any. Whoever opened it closes it. */
export interface OwnGateway {
  send(call: UpstreamCall, sink: UpstreamSink): UpstreamHandle;
  close(): Promise<void>;
}

export interface ConnectionParts {
  readonly open: (key: string | undefined) => OwnGateway;
  readonly resolve: Secrets["resolve"];
  readonly clock: Clock;
}

/** What of the engine a test looks at. */
interface House extends Pick<Engine, "explain"> {
  readonly fleet: Fleet;
  readonly config: Config;
}

const warmMs = 60_000;

/** One try. Never throws; never sends anything that would load a model or leave the house without `confirmed`. */
export async function testConnection(parts: ConnectionParts, house: House, ask: ConnectionAsk): Promise<ConnectionVerdict> {
  const model = ask.model ?? modelInMemory(house);
  if (model === undefined) return { state: "nothing-to-ask", says: nothingWarm(house.fleet) };
  const homes = homesOf(house.fleet, model);
  if (homes.length === 0)
    return {
      state: "refused",
      model,
      says: `No node lists ${model}. Choose another model, or check the node that should have it.`,
      headers: {},
    };
  const warm = homes.filter((node) => isReady(node) && isHere(node, model));
  if (warm.length === 0 && ask.confirmed !== true) return { state: "asks", model, ...question(homes, model) };
  const except =
    warm.length === 0 ? [] : Object.values(house.fleet.nodes).flatMap(({ id }) => (warm.some((node) => node.id === id) ? [] : [id]));
  const colder = ask.confirmed === true ? undefined : loadedInstead(house, model, except);
  if (colder !== undefined) return { state: "asks", because: "cold", model, says: colder };
  const key = keyFor(house.config, model, parts.resolve);
  if ("says" in key) return { state: "refused", model, says: key.says, headers: {} };
  // A load takes its time, and keeps a waiting stream with signs of life; only a whole answer then tells who gave it.
  const streamed = warm.length > 0;
  const longestMs = streamed ? warmMs : (house.config.requests.deadlineSeconds + house.config.loads.maxSeconds) * 1_000;
  return send(parts, { model, key: key.value, longestMs, call: callFor(ask.dialect, model, streamed, except) });
}

interface Try {
  readonly model: string;
  readonly key: string | undefined;
  readonly longestMs: number;
  readonly call: UpstreamCall;
}

async function send({ open, clock }: ConnectionParts, { model, key, longestMs, call }: Try): Promise<ConnectionVerdict> {
  const gateway = open(key);
  try {
    return await new Promise((resolve) => {
      const answer = new ConnectionAnswer({ model, clock, onVerdict: finish });
      const handle = gateway.send(call, answer);
      const forget = clock.after(longestMs, () => answer.late(longestMs));
      function finish(verdict: ConnectionVerdict): void {
        forget();
        handle.abort();
        resolve(verdict);
      }
    });
  } finally {
    await gateway.close();
  }
}

const isReady = (node: Node): boolean => node.enabled && node.drained !== true && node.health.state === "up" && node.place !== "cloud";

function isHere(node: Node, model: string): boolean {
  return entryOn(node, canonicalName(model))?.residency.state === "warm";
}

function homesOf(fleet: Fleet, model: string): readonly Node[] {
  return Object.values(fleet.nodes).filter((node) => node.enabled && entryOn(node, canonicalName(model)) !== undefined);
}

/** Behind a name may stand a chain: what would be loaded if the first model failed. */
function loadedInstead(house: House, model: string, exclude: readonly NodeId[]): string | undefined {
  const explained = house.explain({ model, exclude: [...exclude] });
  if ("failure" in explained) return undefined;
  const cold = explained.links.flatMap(({ candidates }) => candidates).find(({ readiness }) => readiness !== "warm");
  return cold === undefined
    ? undefined
    : `The settings name ${cold.model} as what stands in for ${model}, and it is not in memory. If ${model} fails, the test would load it.`;
}

/** A model of the house that chats and is in memory; the one used last, for it is the least likely to leave. */
function modelInMemory({ fleet, config }: House): string | undefined {
  const found = Object.values(fleet.nodes)
    .filter(isReady)
    .flatMap((node) => Object.entries(node.models).map(([key, entry]) => ({ entry, usedAt: node.lastUsedAt[key] ?? 0 })))
    .filter(({ entry }) => entry.residency.state === "warm" && entry.setAside === undefined)
    .filter(({ entry }) => {
      const known = config.catalogue.find(({ model }) => canonicalName(model) === canonicalName(entry.id));
      return serves("llm", typeOf(entry, known));
    });
  return found.sort((a, b) => b.usedAt - a.usedAt)[0]?.entry.id;
}

function nothingWarm(fleet: Fleet): string {
  const up = Object.values(fleet.nodes).some(isReady);
  return up
    ? "No model that chats is in memory now, and a test loads none by itself. Choose a model above to load it."
    : "No node of the house answers now. Look at the Nodes page, then try again.";
}

function question(homes: readonly Node[], model: string): { readonly because: "cold" | "cloud"; readonly says: string } {
  const near = homes.filter(({ place }) => place !== "cloud");
  const names = (near.length > 0 ? near : homes).map(({ name }) => name).join(", ");
  return near.length > 0
    ? { because: "cold", says: `${model} is not in memory. The test would load it, which may take a while and unload others (${names}).` }
    : { because: "cloud", says: `${model} is in the cloud (${names}). The test would send it a few words, which may cost a little.` };
}

/** The gateway's own key, else that of a client who may ask for this model. */
function keyFor(
  { gateway, clients }: Config,
  model: string,
  resolve: Secrets["resolve"],
): { readonly value: string | undefined } | { readonly says: string } {
  const refs = [gateway.key, ...clients.filter((client) => client.enabled && mayAsk(client, model)).map(({ key }) => key)];
  const asked = refs.filter((ref) => ref !== undefined);
  if (gateway.key === undefined && clients.length === 0) return { value: undefined };
  for (const ref of asked) {
    const value = resolve(ref);
    if (value !== undefined && value !== "") return { value };
  }
  const [first] = asked;
  return {
    says:
      first === undefined
        ? `The gateway asks for a key, and no key may use ${model}. Allow it to one in the settings.`
        : `The gateway asks for a key that Homeport cannot find. To mend it, ${secretRemedy(first)}.`,
  };
}

const words = "Say hello.";

/** The smallest request of a dialect. `except`: nodes that may not have it. */
function callFor(dialect: ConnectionAsk["dialect"], model: string, stream: boolean, except: readonly NodeId[]): UpstreamCall {
  const messages = [{ role: "user", content: words }];
  const [path, body] = {
    openai: ["/v1/chat/completions", { model, messages, max_tokens: 1, stream }] as const,
    anthropic: ["/v1/messages", { model, messages, max_tokens: 1, stream }] as const,
    ollama: ["/api/chat", { model, messages, options: { num_predict: 1 }, stream }] as const,
    // OpenAI's own service takes no fewer than 16 here.
    responses: ["/v1/responses", { model, input: words, max_output_tokens: 16, store: false, stream }] as const,
  }[dialect];
  const excluded = except.join(",");
  return {
    method: "POST",
    path,
    headers: { "content-type": "application/json", ...(excluded === "" ? {} : { "x-homeport-exclude": excluded }) },
    body: Buffer.from(JSON.stringify(body)),
  };
}
