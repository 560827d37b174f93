// A chart told in a sentence, for who does not see it and for who reads faster than they look.
import type { UsageSum } from "../../src-core/contract/history.ts";
import { count } from "../format.ts";
import { type MeasureName, measureSays, measures } from "./measures.ts";
import { daySays, type Range, rangeWords } from "./ranges.ts";
import { totalOf } from "./sums.ts";

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** "1,240 requests in the last 7 days, 12 failed. Most on 18 Nov: 410." */
export function summarySays(name: MeasureName, days: readonly UsageSum[], range: Range): string {
  const total = totalOf(days);
  const whole = `${wholeSays(name, total, range)}.`;
  const { of, peak } = measures[name];
  const known = days.filter((day) => (of(day) ?? 0) > 0);
  const most = known.reduce<UsageSum | undefined>(
    (best, day) => (best === undefined || (of(day) ?? 0) > (of(best) ?? 0) ? day : best),
    undefined,
  );
  return most === undefined || known.length < 2 ? whole : `${whole} ${peak} on ${daySays(most.name)}: ${measureSays(name, most)}.`;
}

function wholeSays(name: MeasureName, total: UsageSum, range: Range): string {
  const when = rangeWords[range];
  const figure = measureSays(name, total);
  const also = measures[name].also(total);
  const more = also === "" ? "" : `, ${also}`;
  switch (name) {
    case "requests":
      return `${count(total.requests, "request")} ${when}${more}`;
    case "tokensIn":
      return `${figure} tokens in ${when}${more}`;
    case "tokensOut":
      return `${figure} tokens out ${when}`;
    case "money":
      return total.unpriced === 0 ? `${figure} ${when}` : `${figure} ${when}, without ${count(total.unpriced, "request")} of unknown cost`;
    case "energy":
      return total.wattHours === 0 ? `No energy is known ${when}` : `About ${figure} ${when}, from the watts given for nodes`;
    case "firstToken":
      return total.firstBytes === 0
        ? `No answer was timed ${when}`
        : `${capital(when)} the first token came after ${figure} on average, waits and loads included`;
    case "loads":
      return total.coldLoads === 0
        ? `No request had to wait for a model to load ${when}`
        : `${count(total.coldLoads, "request")} waited for a model to load ${when}, ${figure} in all`;
  }
}
