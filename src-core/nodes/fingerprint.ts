// Says what kind of server answers at an address. Read-only questions, all at once, each with a short limit; the shape of an answer counts, not
// its status, since some servers answer 200 to anything (apis.md 11). Nothing here loads a model.
import { z } from "zod";
import type { Fingerprint } from "../contract/finding.ts";
import { get, parseJson } from "./calls.ts";
import { createNodeHttp, type NodeHttp } from "./http.ts";
import { isLlamaServerList, ModelList, Props } from "./llama-server-shapes.ts";
import { parseNodeUrl } from "./node-url.ts";
import { Tags, Version } from "./ollama-shapes.ts";
import { OpenAiList } from "./openai-compatible.ts";
import type { Answer } from "./read-answer.ts";

const answerMs = 1_000;
const answerBytes = 8 * 1024 * 1024;

/** The questions, by the name under which the rules below ask for their answers. */
const questions = {
  root: "/",
  version: "/api/version",
  tags: "/api/tags",
  models: "/v1/models",
  props: "/props?autoload=false",
  health: "/health",
  lmStudio: "/api/v1/models",
  lmStudioOld: "/api/v0/models",
  discovery: "/discovery",
  list: "/models",
  plainVersion: "/version",
  running: "/running",
  lemonade: "/v1/health",
} as const;

type Question = keyof typeof questions;
type Answers = Readonly<Record<Question, Answer | undefined>>;
type Found = Omit<Fingerprint, "url" | "known">;

/** Looks at one address. `kind` is absent where nothing that Homeport can use answers; `label` then says what was found. */
export async function fingerprint(url: string, signal: AbortSignal): Promise<Fingerprint> {
  const address = parseNodeUrl(url);
  if ("failure" in address) return { url, label: address.failure.message };
  const http = createNodeHttp({ node: url, url, connectTimeoutMs: answerMs });
  try {
    return { url, ...identify(await ask(http, signal)) };
  } finally {
    await http.close();
  }
}

async function ask(http: NodeHttp, signal: AbortSignal): Promise<Answers> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
  const asked = Object.entries(questions).map(async ([name, path]) => {
    const answer = await http.read(get(path), limit, answerBytes);
    return [name, "failure" in answer ? undefined : answer] as const;
  });
  const answers = new Map(await Promise.all(asked));
  const of = (name: Question) => answers.get(name);
  return {
    root: of("root"),
    version: of("version"),
    tags: of("tags"),
    models: of("models"),
    props: of("props"),
    health: of("health"),
    lmStudio: of("lmStudio"),
    lmStudioOld: of("lmStudioOld"),
    discovery: of("discovery"),
    list: of("list"),
    plainVersion: of("plainVersion"),
    running: of("running"),
    lemonade: of("lemonade"),
  };
}

/** First rule that fits wins: those that speak other servers' dialects too come before the servers they imitate. */
const rules: readonly ((answers: Answers) => Found | undefined)[] = [
  asHomeport,
  asLemonade,
  asLmStudio,
  asOllama,
  asLlamaServer,
  asNeuron,
  asCortex,
  asNamedOpenAi,
  asOpenAi,
  asLocked,
];

function identify(answers: Answers): Found {
  for (const rule of rules) {
    const found = rule(answers);
    if (found !== undefined) return found;
  }
  const answered = Object.values(answers).some((answer) => answer !== undefined);
  return { label: answered ? "Something else: it answers, but not as a model server" : "Nothing answers there" };
}

/** The JSON of a successful answer, if it has this shape. */
function shaped<T extends z.ZodType>(answer: Answer | undefined, shape: T): z.output<T> | undefined {
  if (answer === undefined || answer.status !== 200) return undefined;
  const parsed = shape.safeParse(parseJson(answer.text));
  return parsed.success ? parsed.data : undefined;
}

const Many = z.array(z.unknown());
const Lemonade = z.object({ all_models_loaded: Many, version: z.string().optional() });
const LmStudio = z.object({ models: z.array(z.object({ key: z.string() })) });
const LmStudioOld = z.object({ data: z.array(z.object({ state: z.string() })).min(1) });
/** Only cortex says of every model where it is and where it could be. */
const Cortex = z.object({ data: z.array(z.object({ id: z.string(), locations: Many, feasible_on: Many })).min(1) });
const Neuron = z.object({ devices: Many, harnesses: Many });
const LlamaSwap = z.object({ running: Many });
const Healthy = z.object({ status: z.literal("ok") });
const LlamaCppError = z.object({ error: z.object({ code: z.number(), type: z.string() }) });

/** Known by its own header on every answer, the one that asks for a key included. */
function asHomeport({ root, health, models }: Answers): Found | undefined {
  const isOurs = [root, health, models].some((answer) => answer?.headers["x-homeport-request"] !== undefined);
  if (!isOurs) return undefined;
  const isLocked = models?.status === 401 || models?.status === 403;
  const label = isLocked ? "Homeport (wants a key)" : "Homeport";
  return { kind: "homeport", label, models: shaped(models, OpenAiList)?.data.length };
}

function asCortex({ models }: Answers): Found | undefined {
  const list = shaped(models, Cortex)?.data;
  return list === undefined ? undefined : { kind: "cortex", label: "cortex", models: list.length };
}

function asLemonade(answers: Answers): Found | undefined {
  const health = shaped(answers.lemonade, Lemonade);
  return health === undefined ? undefined : openAi("Lemonade", answers, { version: health.version });
}

function asLmStudio(answers: Answers): Found | undefined {
  const isNew = shaped(answers.lmStudio, LmStudio) !== undefined;
  if (!isNew && shaped(answers.lmStudioOld, LmStudioOld) === undefined) return undefined;
  const models = shaped(answers.lmStudio, LmStudio)?.models ?? shaped(answers.lmStudioOld, LmStudioOld)?.data;
  return { kind: "lm-studio", label: isNew ? "LM Studio" : "LM Studio (before 0.4)", models: models?.length };
}

function asOllama({ version, tags, root }: Answers): Found | undefined {
  const told = shaped(version, Version);
  const list = shaped(tags, Tags);
  if (list === undefined || (told === undefined && root?.text.startsWith("Ollama is running") !== true)) return undefined;
  return { kind: "ollama", label: "Ollama", version: told?.version, models: list.models.length };
}

function asLlamaServer({ props, models, health }: Answers): Found | undefined {
  const told = shaped(props, Props);
  const list = shaped(models, ModelList)?.data;
  if (told?.build_info === undefined && !isLlamaServerList(list ?? [])) return lockedLlamaServer({ props, health });
  const label = told?.role === "router" ? "llama-server (router)" : "llama-server";
  return { kind: "llama-server", label, version: told?.build_info, models: list?.length };
}

/** With a key set, or while its model loads, llama-server still shows its health and its own shape of error. */
function lockedLlamaServer({ props, health }: Pick<Answers, "props" | "health">): Found | undefined {
  const error = props === undefined ? undefined : LlamaCppError.safeParse(parseJson(props.text)).data?.error;
  if (error?.code === 401 && shaped(health, Healthy) !== undefined)
    return { kind: "llama-server", label: "llama-server (wants its API key)" };
  if (error?.code === 503 && error.type === "unavailable_error") return { kind: "llama-server", label: "llama-server (loading its model)" };
  return undefined;
}

function asNeuron(answers: Answers): Found | undefined {
  if (shaped(answers.discovery, Neuron) === undefined) return undefined;
  return { kind: "neuron", label: "neuron", models: shaped(answers.list, Many)?.length };
}

function asNamedOpenAi(answers: Answers): Found | undefined {
  if (shaped(answers.running, LlamaSwap) !== undefined) return openAi("llama-swap", answers, { kind: "llama-swap" });
  const vllm = shaped(answers.plainVersion, Version);
  const list = shaped(answers.models, OpenAiList)?.data ?? [];
  return vllm !== undefined && list.some(({ max_model_len }) => max_model_len !== undefined)
    ? openAi("vLLM", answers, { kind: "vllm", version: vllm.version })
    : undefined;
}

function asOpenAi(answers: Answers): Found | undefined {
  return shaped(answers.models, OpenAiList) === undefined ? undefined : openAi("OpenAI-compatible server", answers);
}

function asLocked({ models }: Answers): Found | undefined {
  const isLocked = models?.status === 401 || models?.status === 403;
  return isLocked ? { kind: "openai-compatible", label: "OpenAI-compatible server (wants its API key)" } : undefined;
}

/** With a list of models it can be used: as `kind`, or through the dialect that it shares with all where we do not know its own interface. */
function openAi(label: string, answers: Answers, more: Pick<Found, "kind" | "version"> = {}): Found {
  const list = shaped(answers.models, OpenAiList);
  const { kind = "openai-compatible", version } = more;
  return { ...(list === undefined ? {} : { kind }), label, version, models: list?.data.length };
}
