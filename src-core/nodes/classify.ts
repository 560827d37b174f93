// A node's refusal, read once into the words of the failure table. Every kind of node starts here and overrides only its own habits.
import { type Failure, fail } from "../contract/failure.ts";
import { saysOutOfMemory } from "../dialects/out-of-memory.ts";
import { errorMarks, errorWords } from "./words.ts";

/** One answer that is not a success. `body` is bounded by the reader. */
export interface Refusal {
  readonly node: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A node that asks for more patience than this is asked again sooner. */
const longestWaitMs = 60_000;
const loadingWaitMs = 2_000;
const busyWaitMs = 1_000;
const rateLimitWaitMs = 5_000;

const loadWords =
  /\bfailed to load\b|\berror loading model\b|\bunable to load\b|\btimed out waiting for \S+ (?:runner )?to start\b|\bprocess (?:has terminated|no longer running)\b|\bexceeds file size\b|\bmodel_load_failed\b|\bfailed to (?:open|read) (?:model|gguf)\b/i;
const missingModelWords =
  /\bmodel\b.{0,600}\b(?:not found|does not exist|is not found|not loaded)\b|\bmodel_not_found\b|\bno such model\b|\bunknown model\b/i;
/** Said with a 500 by llama-server, but the request is what is wrong. */
const clientsFaultWords = /\b(?:image|audio|video) input is not supported\b/i;
const busyWords =
  /\bserver busy\b|\bno slot available\b|\bmaximum pending requests\b|\bqueue (?:is )?full\b|\boverloaded\b|\bat capacity\b/i;
const loadingWords = /\bloading model\b|\bmodel is (?:still )?loading\b|\bstill loading\b/i;

/** The meaning of an answer by status and words; undefined for a success. */
export function classifyRefusal(refusal: Refusal): Failure | undefined {
  const { status } = refusal;
  if (status >= 200 && status < 300) return undefined;
  return status >= 500 ? classifyServerError(refusal) : classifyClientError(refusal);
}

/** How long the node asks us to wait: seconds, milliseconds or a date; at most a minute. */
export function retryAfterOf(headers: Readonly<Record<string, string>>, fallbackMs: number): number {
  const exact = Number(headers["retry-after-ms"]);
  if (Number.isFinite(exact) && exact >= 0 && headers["retry-after-ms"] !== "") return Math.min(exact, longestWaitMs);
  const said = headers["retry-after"];
  if (said === undefined || said.trim() === "") return fallbackMs;
  const seconds = Number(said);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(said) - Date.now();
  return Number.isNaN(waitMs) ? fallbackMs : Math.min(Math.max(0, waitMs), longestWaitMs);
}

function classifyClientError(refusal: Refusal): Failure {
  const { node, status, headers, body } = refusal;
  const words = errorWords(body);
  switch (status) {
    case 401:
    case 403:
      return fail("upstream-misconfigured", `${node} refused Homeport (${status}). Set or correct its API key in the settings.`, {
        detail: words,
      });
    case 408:
    case 499:
      return fail("upstream-unavailable", `${node} gave up on the request (${status}): ${words}`);
    // "Not now": worth trying elsewhere, nobody's fault (demands.md 3.16).
    case 409:
    case 425:
      return fail("upstream-busy", `${node} cannot take the request now (${status}): ${words}`, {
        retryAfterMs: retryAfterOf(headers, busyWaitMs),
      });
    case 429:
      return fail("upstream-rate-limited", `${node} asks for fewer requests: ${words}`, {
        retryAfterMs: retryAfterOf(headers, rateLimitWaitMs),
      });
    default:
      if ((status === 404 || status === 400) && missingModelWords.test(`${words} ${errorMarks(body)}`)) return lacksModel(node, words);
      return rejected(node, status, words);
  }
}

function classifyServerError({ node, status, headers, body }: Refusal): Failure {
  const words = errorWords(body);
  if (status === 508) return fail("loop", `${node} leads back to where the request came from: ${words}`);
  if (clientsFaultWords.test(words) || status === 501) return rejected(node, status, words);
  if (status === 503) {
    if (loadingWords.test(words)) {
      return fail("upstream-busy", `${node} is still loading its model.`, { retryAfterMs: retryAfterOf(headers, loadingWaitMs) });
    }
    if (busyWords.test(words) || headers["retry-after"] !== undefined) {
      return fail("upstream-busy", `${node} has no room for more requests now: ${words}`, {
        retryAfterMs: retryAfterOf(headers, busyWaitMs),
      });
    }
  }
  if (saysOutOfMemory(words)) return fail("out-of-memory", `${node} has too little memory for this model: ${words}`);
  if (loadWords.test(words)) return fail("load-failed", `${node} could not load the model: ${words}`);
  return fail("upstream-unavailable", `${node} answered with error ${status}${words === "" ? "" : `: ${words}`}`);
}

/** The failure for a model the node does not have (any more). */
export function lacksModel(node: string, words: string): Failure {
  return fail("upstream-lacks-model", `${node} does not have this model: ${words}`);
}

/** The failure for work that the node was not started for: another may do it. */
export function unable(node: string, words: string): Failure {
  return fail("upstream-unable", `${node} does not do this: ${words}`);
}

/** The failure for a request that the node itself refuses: passed to the client as it was. */
export function rejected(node: string, status: number, words: string): Failure {
  return fail("upstream-rejected", `${node} refused the request (${status}): ${words}`, { status });
}

/** What a load that was answered with an error means: a load never "rejects" a client's request, it fails. */
export function asLoadFailure(failure: Failure, model: string): Failure {
  switch (failure.kind) {
    case "upstream-unavailable":
    case "upstream-rejected":
    case "malformed-reply":
      return fail("load-failed", `${model}: ${failure.message}`, failure.detail === undefined ? {} : { detail: failure.detail });
    default:
      return failure;
  }
}

/** A probe's answer that is no success: who are you, rather than what is wrong with this request. `as` is what was expected: "an Ollama server". */
export function probeRefusal(refusal: Refusal, as: string): Failure {
  const { node, status } = refusal;
  if (status === 404 || status === 405 || status === 400 || status === 501) return notA(node, as);
  return classifyRefusal(refusal) ?? notA(node, as);
}

/** It answers, but is not what the settings say it is (F27). */
export function notA(node: string, as: string): Failure {
  return fail("malformed-reply", `${node} answers, but not as ${as}. Check its address and its kind in the settings.`);
}
