// One sum among several gateways, of money, tokens or requests: each takes a share by compare-and-set before it uses it, so that all shares together
// never exceed the cap, and decides within its share without asking anybody. A little is taken ahead of need; whoever lacks some says so, and
// what others hold ahead of need comes back. Pure; `engine/cluster/shared-sum.ts` acts on it.
import type { SumPart, SumRecord } from "../contract/cluster.ts";

/** What this gateway knows of its own part. `underWay`: set aside or running, not used yet. `whole`: counted in ones. */
export interface OwnPart {
  readonly window: string;
  readonly cap: number;
  readonly used: number;
  readonly underWay: number;
  readonly whole: boolean;
}

/** At most this part of what is free is held ahead of need by all gateways together. */
const aheadOfNeed = 0.25;

/** What nobody holds, as one gateway finds it: its own share counts as free. */
export function availableTo(me: string, record: SumRecord | undefined, { window, cap }: OwnPart): number {
  return exact(cap - sumOf(record, window, me, ({ share, used }) => Math.max(share, used)));
}

/** What the others have used in this window. */
export function usedElsewhere(me: string, record: SumRecord | undefined, window: string): number {
  return exact(sumOf(record, window, me, ({ used }) => used));
}

/** What could become free at once if the others gave back all they do not use. */
export function heldElsewhere(me: string, record: SumRecord | undefined, window: string): number {
  return exact(sumOf(record, window, me, ({ share, used }) => Math.max(0, share - used)));
}

/**
 * The record after this gateway took what it needs and gave back what it does not. `need`: asked for by requests that wait. Where less is there, it
 * takes what is there and says what it wants. Undefined: the others are in a later window already, whose sum is theirs.
 */
export function balanced(
  me: string,
  record: SumRecord | undefined,
  own: OwnPart,
  need: number,
  gateways: number,
): { readonly record: SumRecord; readonly part: SumPart } | undefined {
  if (record !== undefined && record.window.length === own.window.length && record.window > own.window) return undefined;
  const current = record?.window === own.window ? record.parts : {};
  const before = current[me];
  const busy = own.used + own.underWay;
  const available = availableTo(me, record, own);
  const othersWant = Object.entries(current).some(([id, part]) => id !== me && part.wants > 0);
  const ahead = othersWant ? 0 : Math.max(0, ((available - busy - need) * aheadOfNeed) / Math.max(1, gateways));
  const target = busy + need + (own.whole ? Math.floor(ahead) : ahead);
  const share = exact(Math.max(busy, Math.min(target, available)));
  const part: SumPart = {
    used: exact(Math.max(before?.used ?? 0, own.used)),
    share,
    wants: share < exact(busy + need) ? need : 0,
    turn: (before?.turn ?? 0) + 1,
  };
  return { record: { window: own.window, parts: { ...current, [me]: part } }, part };
}

/** What this gateway may use while it cannot ask: its share, and its part of what nobody held when the line went. So the cap holds in a partition too. */
export function shareAlone(me: string, record: SumRecord | undefined, own: OwnPart, share: number, gateways: number): number {
  const held = Math.max(share, own.used + own.underWay);
  const free = Math.max(0, availableTo(me, record, own) - held);
  const part = free / Math.max(1, gateways);
  return exact(held + (own.whole ? Math.floor(part) : part));
}

function sumOf(record: SumRecord | undefined, window: string, me: string, of: (part: SumPart) => number): number {
  if (record?.window !== window) return 0;
  let sum = 0;
  for (const [id, part] of Object.entries(record.parts)) if (id !== me) sum += of(part);
  return sum;
}

/** Without the dust of binary fractions. */
function exact(amount: number): number {
  return Math.round(amount * 1e10) / 1e10;
}
