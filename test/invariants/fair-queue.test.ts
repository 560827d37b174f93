// Fairness through the whole engine: a crowd at one busy model, with clients, lanes and departures.
import { expect, test } from "vitest";
import { NodeId } from "../../src-core/contract/ids.ts";
import { promotedAfterMs } from "../../src-core/domain/queue.ts";
import { House } from "./house.ts";
import { type Dice, everySeed, seedCount } from "./seeded.ts";

const id = NodeId.parse("attic");

interface Turn {
  readonly request: string;
  readonly at: number;
  /** It had waited so long in the batch lane that it counted as interactive. */
  readonly promoted: boolean;
}

/** A crowd that comes at once to one model that is warm on one node. */
async function crowded(
  dice: Dice,
): Promise<{ readonly house: House; readonly turns: Turn[]; readonly flows: Map<string, string>; readonly slots: number }> {
  const slots = dice.between(1, 3);
  const house = new House(
    {
      document: {
        nodes: [{ id, kind: "ollama", url: "http://attic.lan:11434", slots }],
        requests: { deadlineSeconds: 86_400 },
      },
      models: { attic: [{ name: "m", bytes: 1, loadMs: 10, loads: "well" }] },
    },
    dice,
  );
  await house.settle();
  house.nodes.get(id)?.warm.add("m");
  await house.engine.poller.probe(id);
  const turns: Turn[] = [];
  const flows = new Map<string, string>();
  const came = house.clock.now();
  house.engine.store.observe((event) => {
    if (event.type === "attempt-started")
      turns.push({
        request: event.request,
        at: event.at,
        promoted: flows.get(event.request)?.startsWith("batch") === true && event.at - came > promotedAfterMs,
      });
  });
  const clients = ["laptop", "server", "phone"].slice(0, dice.between(1, 3));
  for (let many = dice.between(4, 40); many > 0; many -= 1) {
    const [client, lane] = [dice.pick(clients), dice.pick(["interactive", "batch"] as const)];
    const { facts } = house.ask("m", { client, lane, deadline: house.clock.now() + 80_000_000 });
    flows.set(facts.id, `${lane} ${client}`);
  }
  await house.settle();
  return { house, turns, flows, slots };
}

/** How many turns each of `mine` waited. `turns`: of those who found no slot free; the turns of promoted batch are no interactive client's. */
function waitsOf(mine: ReadonlySet<string>, turns: readonly Turn[], isBatch: boolean): number[] {
  const counted = isBatch ? turns : turns.filter(({ promoted }) => !promoted);
  return counted.flatMap(({ request }, at) => (mine.has(request) ? at + 1 : []));
}

test(`I12: in ${seedCount} crowds nobody waits longer than twice the median of its class, and nobody overtakes in it`, {
  timeout: 10_000 + seedCount * 60,
}, async () => {
  await everySeed(seedCount, async (_, dice) => {
    const { house, turns, flows, slots } = await crowded(dice);
    const gone = new Set(dice.some([...flows.keys()].slice(6), 0.1));
    for (const { facts, reply } of house.asked) if (gone.has(facts.id)) reply.leave();
    await house.rest();
    expect(house.watch.broken).toEqual([]);
    const classes = new Set(flows.values());
    for (const flow of classes) {
      const mine = new Set([...flows.keys()].filter((request) => flows.get(request) === flow && !gone.has(request)));
      const served = turns.filter(({ request }) => mine.has(request));
      expect(served).toHaveLength(mine.size);
      // Those who were sent at one instant have not overtaken each other.
      const inOrder = [...mine].map((request) => served.find((turn) => turn.request === request)?.at ?? 0);
      expect(inOrder).toEqual(served.map(({ at }) => at));
      // One round of the others is the grain of any queue that takes turns.
      const waits = waitsOf(mine, turns.slice(slots), flow.startsWith("batch"));
      expect(waits.at(-1) ?? 0).toBeLessThanOrEqual(2 * (waits[Math.floor(waits.length / 2)] ?? 0) + classes.size);
    }
    await house.stop();
  });
});
