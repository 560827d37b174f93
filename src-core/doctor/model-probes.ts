// Questions to models, only to those that are in memory already: residency is looked at right before each question, every question keeps context and
// stay as they are, and whatever is cold, busy or costs money is not asked (issue 6: a doctor never causes a load).
import type { Finding } from "../contract/diagnosis.ts";
import type { Node } from "../contract/fleet.ts";
import type { Dialect } from "../contract/node-kinds.ts";
import type { SightedModel, Sighting } from "../contract/sighting.ts";
import type { ChatRequest } from "../dialects/canonical.ts";
import { chooseDialect } from "../dialects/translation.ts";
import { canonicalName } from "../domain/names.ts";
import type { Clock, NodeAdapter } from "../engine/ports.ts";
import { ask, type Heard } from "./asking.ts";
import { type Common, countingQuestion, longQuestion, pictureQuestion, repeatedQuestion, toolQuestion } from "./questions.ts";
import {
  cachedIn,
  judgeCache,
  judgeLeaks,
  judgeLong,
  judgePicture,
  judgeStay,
  judgeStream,
  judgeTools,
  ofModel,
  type ProbeName,
  type Subject,
} from "./verdicts.ts";

const answerMs = 60_000;
const lookMs = 5_000;

export interface Patient {
  readonly node: Node;
  readonly adapter: NodeAdapter;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** All questions to all models that this sighting shows in memory, one after the other. */
export async function probeModels(patient: Patient, sighting: Sighting): Promise<readonly Finding[]> {
  const { node } = patient;
  const dialect = node.kind === "ollama" ? "ollama" : chooseDialect(sighting.can?.dialects ?? node.can.dialects, "openai");
  const findings: Finding[] = [];
  for (const model of sighting.models) {
    if (model.residency.state !== "warm" || !chats(model)) continue;
    const subject: Subject = { ...model, node: node.id, nodeName: node.name, model: model.id };
    const not = dialect === undefined ? "No language that this server speaks is known here." : whyNot(node, model);
    if (not !== undefined)
      findings.push({ ...ofModel(subject, "streams", "skipped", not), title: `Questions to ${model.id} on ${node.name}` });
    else if (dialect !== undefined) findings.push(...(await probeModel(patient, subject, model, dialect)));
  }
  if (findings.length > 0) return findings;
  const says = "No language model is in its memory now, and asking another would load it. Load one and ask again.";
  return [{ id: `models:${node.id}`, level: "skipped", title: `Questions to models on ${node.name}`, says, node: node.id }];
}

/** One process of llama.cpp, or something that may be one, which tells what of a prompt it had in its cache. */
const keepsPrompts: ReadonlySet<Node["kind"]> = new Set(["llama-server", "llama-swap", "openai-compatible"]);

const chats = ({ can }: SightedModel) => can === undefined || can.some((one) => one === "chat" || one === "completion");

function whyNot(node: Node, model: SightedModel): string | undefined {
  const key = canonicalName(model.id);
  const slots = model.slots ?? node.slots ?? node.learnedSlots[key] ?? 1;
  if (node.place === "cloud") return "A question to a service in the cloud costs money, so none was sent.";
  if ((node.inFlight[key] ?? 0) >= slots) return "It is busy with a request; it was not kept waiting behind questions of ours.";
  return undefined;
}

/** A model whose questions are under way; each is asked only while the model is in memory. */
async function probeModel(patient: Patient, subject: Subject, model: SightedModel, dialect: Dialect): Promise<readonly Finding[]> {
  const { adapter, clock, signal } = patient;
  const stay = model.residency.state === "warm" ? model.residency.expiresAt : undefined;
  let isGone = false;
  const put = async (question: (common: Common) => ChatRequest): Promise<Heard | undefined> => {
    isGone ||= (await seen(patient, subject))?.residency.state !== "warm";
    if (isGone || signal.aborted) return undefined;
    const request = question(commonOf(subject, dialect, stay, clock.now()));
    return ask(adapter, dialect, request, AbortSignal.any([signal, AbortSignal.timeout(answerMs)]), clock.now());
  };
  const judged = (probe: ProbeName, heard: Heard | undefined, judge: (heard: Heard) => Finding) =>
    heard === undefined ? ofModel(subject, probe, "skipped", "It left the node's memory meanwhile, so it was not asked.") : judge(heard);

  const counted = await put(countingQuestion);
  const claims = (what: "tools" | "vision") => model.can?.includes(what);
  const tooled = claims("tools") === false ? "unable" : await put(toolQuestion);
  const seenPicture = claims("vision") === true ? await put(pictureQuestion) : "unable";
  const long = await put(longQuestion);
  const again = keepsPrompts.has(patient.node.kind) ? await secondAnswer(() => put(repeatedQuestion)) : "unable";
  const { tools } = toolQuestion({ model: subject.model });
  return [
    judged("streams", counted, (heard) => judgeStream(subject, heard)),
    judgeLeaks(
      subject,
      [counted, tooled === "unable" ? undefined : tooled].flatMap((heard) => heard ?? []),
    ),
    tooled === "unable"
      ? ofModel(subject, "tools", "skipped", "The node says that this model calls no tools.")
      : judged("tools", tooled, (heard) => judgeTools(subject, heard, tools, claims("tools") === true)),
    ...(seenPicture === "unable" ? [] : [judged("vision", seenPicture, (heard) => judgePicture(subject, heard))]),
    judged("context", long, (heard) => judgeLong(subject, heard)),
    ...(again === "unable" ? [] : [judged("prompt-cache", again, (heard) => judgeCache(subject, heard))]),
    await judgedStay(patient, subject, stay, dialect),
  ];
}

/** To the same question; the first where that tells nothing of a cache, since the second would not either. */
async function secondAnswer(put: () => Promise<Heard | undefined>): Promise<Heard | undefined> {
  const first = await put();
  return first === undefined || cachedIn(first) === undefined ? first : put();
}

/** Ollama takes another context for a wish to load anew, and every call for a wish about the stay: so each call says what is so already. */
function commonOf({ model, contextTokens }: Subject, dialect: Dialect, stay: number | null | undefined, now: number): Common {
  if (dialect !== "ollama") return { model };
  const keepAlive = stay === undefined ? undefined : stay === null ? -1 : Math.max(1, Math.ceil((stay - now) / 1000));
  return { model, contextTokens, keepAlive };
}

async function judgedStay(patient: Patient, subject: Subject, before: number | null | undefined, dialect: Dialect): Promise<Finding> {
  if (before === undefined || dialect !== "ollama")
    return ofModel(subject, "keep-alive", "skipped", "This server does not tell when it takes a model out of memory.");
  const after = (await seen(patient, subject))?.residency;
  return judgeStay(subject, before, after?.state === "warm" ? after.expiresAt : undefined);
}

/** The model as its node tells of it now; undefined where it does not. */
async function seen({ adapter, signal }: Patient, { model }: Subject): Promise<SightedModel | undefined> {
  const sighting = await adapter.probe(AbortSignal.any([signal, AbortSignal.timeout(lookMs)]));
  return "failure" in sighting ? undefined : sighting.models.find(({ id }) => id === model);
}
