// A chart told in a sentence, for who does not see it and for who reads faster than they look.
import type { UsageSum } from "../../src-core/contract/history.ts";
import { words } from "../language/words.ts";
import { type MeasureName, measureSays, measures } from "./measures.ts";
import { daySays, type Range } from "./ranges.ts";
import { totalOf } from "./sums.ts";

/** "1,240 requests in the last 7 days, 12 failed. Most on 18 Nov: 410." */
export function summarySays(name: MeasureName, days: readonly UsageSum[], range: Range): string {
  const whole = wholeSays(name, totalOf(days), range);
  const { of, peak } = measures[name];
  const known = days.filter((day) => (of(day) ?? 0) > 0);
  const most = known.reduce<UsageSum | undefined>(
    (best, day) => (best === undefined || (of(day) ?? 0) > (of(best) ?? 0) ? day : best),
    undefined,
  );
  return most === undefined || known.length < 2 ? whole : `${whole} ${peak(daySays(most.name), measureSays(name, most))}`;
}

function wholeSays(name: MeasureName, total: UsageSum, range: Range): string {
  const said = words.usage.measures;
  const amount = measureSays(name, total);
  const more = measures[name].also(total);
  switch (name) {
    case "requests":
      return said.requests.whole(total.requests, range, more);
    case "tokensIn":
      return said.tokensIn.whole(amount, range, more);
    case "tokensOut":
      return said.tokensOut.whole(amount, range);
    case "money":
      return said.money.whole(amount, range, total.unpriced);
    case "energy":
      return total.wattHours === 0 ? said.energy.nothing(range) : said.energy.whole(amount, range);
    case "firstToken":
      return total.firstBytes === 0 ? said.firstToken.nothing(range) : said.firstToken.whole(amount, range);
    case "loads":
      return total.coldLoads === 0 ? said.loads.nothing(range) : said.loads.whole(total.coldLoads, amount, range);
  }
}
