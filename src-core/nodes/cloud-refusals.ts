// A service's refusal in the words of the failure table. Its habits beyond those of a node in the house: limits that are told by header, credit
// that runs out, overload with a status of its own. Nobody's fault where only patience is asked for; the settings' where a person must act.
import { type Failure, fail } from "../contract/failure.ts";
import { classifyRefusal, lacksModel, type Refusal, rejected, retryAfterOf } from "./classify.ts";
import { limitWaitMs } from "./cloud-limits.ts";
import { errorMarks, errorWords } from "./words.ts";

const rateWaitMs = 5_000;
const overloadWaitMs = 5_000;
const longestWaitMs = 60_000;

/** No credit: waiting does not help, a person has to pay or to raise a limit. Told with 400, 402, 403 or 429, by service. */
const creditWords =
  /\binsufficient[_ ](?:quota|balance|credits?|funds)\b|\bexceeded your current quota\b|\bcredit balance is too low\b|\bbilling[_ ](?:hard[_ ]limit|not[_ ]active)\b|\brequires more credits\b/i;
const moderationWords = /\bmoderation\b|\bflagged\b/i;
const anthropicModel = /^model: \S/;

/** The meaning of an answer; undefined for a success. `now`: epoch milliseconds. */
export function classifyCloud(refusal: Refusal, now: number): Failure | undefined {
  const { node, status, body } = refusal;
  if (status >= 200 && status < 300) return undefined;
  const words = errorWords(body);
  const marks = errorMarks(body);
  switch (status) {
    case 400:
    case 402:
      return status === 402 || saysNoCredit(words, marks) ? noCredit(node, words) : classifyRefusal(refusal);
    case 403:
      if (saysNoCredit(words, marks)) return noCredit(node, words);
      return moderationWords.test(words) ? rejected(node, status, words) : classifyRefusal(refusal);
    case 404:
      return anthropicModel.test(words) ? lacksModel(node, words) : classifyRefusal(refusal);
    case 429:
      return saysNoCredit(words, marks) ? noCredit(node, words) : rateLimited(refusal, words, now);
    case 529:
      return fail("upstream-busy", `${node} is overloaded: ${words}`, { retryAfterMs: retryAfterOf(refusal.headers, overloadWaitMs) });
    default:
      return classifyRefusal(refusal);
  }
}

/** An answer that used up what was left: the next call would be refused. */
export function usedUp(node: string, headers: Readonly<Record<string, string>>, now: number): Failure | undefined {
  const waitMs = limitWaitMs(headers, now);
  if (waitMs === undefined || waitMs === 0) return undefined;
  const retryAfterMs = Math.min(waitMs, longestWaitMs);
  return fail("upstream-rate-limited", `${node} says that its limit is used up for now.`, { retryAfterMs });
}

function saysNoCredit(words: string, marks: string): boolean {
  return creditWords.test(words) || creditWords.test(marks);
}

function noCredit(node: string, words: string): Failure {
  return fail("upstream-misconfigured", `${node} has no credit left for this key. Top it up there, then choose "Try now".`, {
    detail: words,
  });
}

function rateLimited({ node, headers, body }: Refusal, words: string, now: number): Failure {
  const said = limitWaitMs(headers, now) ?? 0;
  const retryAfterMs = Math.max(retryAfterOf(headers, said > 0 ? 0 : (delayIn(body) ?? rateWaitMs)), Math.min(said, longestWaitMs));
  return fail("upstream-rate-limited", `${node} asks for fewer requests: ${words}`, { retryAfterMs });
}

/** Google tells the wait inside the error. */
function delayIn(body: string): number | undefined {
  const seconds = /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/.exec(body)?.[1];
  return seconds === undefined ? undefined : Math.min(Number(seconds) * 1000, longestWaitMs);
}
