// Requests counted instead of kept: exact sums per UTC day, node, model and client, for the moments in which rows would be too many.
import type { DailySum } from "../../contract/history.ts";
import type { RequestRow } from "../../contract/route.ts";
import { canonicalName } from "../../domain/names.ts";

const dayMs = 86_400_000;

type Counting = { -readonly [K in keyof DailySum]: DailySum[K] };

/** Sums of ordinary requests: answered, at no price. */
export class DailySums {
  readonly #byNode = new Map<string, Counting[]>();

  get isEmpty(): boolean {
    return this.#byNode.size === 0;
  }

  /** Called on a request's way: few nodes, few sums each, so a look along a short list is cheaper than a key made of text. */
  add(row: RequestRow): void {
    const { client = "", at, tokensIn = 0, tokensOut = 0, cachedTokens = 0, firstByteAt } = row;
    const node: string = row.node ?? "";
    const nodeModel: string = row.nodeModel ?? "";
    const day = Math.floor(at / dayMs);
    let sums = this.#byNode.get(node);
    if (sums === undefined) {
      sums = [];
      this.#byNode.set(node, sums);
    }
    let sum = sums.find((one) => one.asked === nodeModel && one.client === client && one.day === day);
    if (sum === undefined) {
      const none = { requests: 0, tokensIn: 0, tokensOut: 0, tokensCached: 0, firstBytes: 0, firstByteMs: 0, wattHours: 0 };
      sum = { day, node, asked: nodeModel, model: canonicalName(nodeModel), client, ...none };
      sums.push(sum);
    }
    sum.requests += 1;
    sum.tokensIn += tokensIn;
    sum.tokensOut += tokensOut;
    sum.tokensCached += cachedTokens;
    sum.wattHours += row.wattHours ?? 0;
    if (firstByteAt === undefined) return;
    sum.firstBytes += 1;
    sum.firstByteMs += Math.max(0, firstByteAt - at);
  }

  all(): readonly DailySum[] {
    return [...this.#byNode.values()].flat();
  }
}
