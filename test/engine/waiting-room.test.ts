// The waiting room: places are kept, nobody overtakes, and a turn is passed on.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Ticket, type Visitor, WaitingRoom } from "../../src-core/engine/waiting-room.ts";
import { FakeClock } from "../support/fake-clock.ts";

const aMove = fc.oneof(
  fc.record({
    move: fc.constant("enter" as const),
    client: fc.constantFrom("", "a", "b"),
    lane: fc.constantFrom("interactive" as const, "batch" as const),
  }),
  fc.record({ move: fc.constant("leave" as const), which: fc.nat(20) }),
  fc.record({ move: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
);

describe("the waiting room", () => {
  it("I12: wakes the oldest first and passes the turn on when it leaves", async () => {
    const room = new WaitingRoom(new FakeClock());
    const order: string[] = [];
    const waiter = async (name: string) => {
      const ticket = room.enter("m");
      await ticket.turn(60_000);
      order.push(name);
      ticket.leave();
    };
    const all = [waiter("first"), waiter("second"), waiter("third")];
    room.freed("m");
    await Promise.all(all);
    expect(order).toEqual(["first", "second", "third"]);
    expect(room.waiting("m")).toBe(0);
  });

  it("a waiter that is judged again keeps its place", async () => {
    const room = new WaitingRoom(new FakeClock());
    const first = room.enter("m");
    const second = room.enter("m");
    const turn = first.turn(60_000);
    room.freed("m");
    await turn;
    expect([first.ahead(), second.ahead()]).toEqual([0, 1]);
  });

  it("F40: a waiter that leaves lets the next one look", async () => {
    const room = new WaitingRoom(new FakeClock());
    const first = room.enter("m");
    const second = room.enter("m");
    const turn = second.turn(60_000);
    first.leave();
    await turn;
    expect(second.ahead()).toBe(0);
  });

  it("looks again when its time has passed, and the timer goes when it is woken earlier", async () => {
    const clock = new FakeClock();
    const room = new WaitingRoom(clock);
    const ticket = room.enter("m");
    const turn = ticket.turn(1_000);
    clock.advance(1_000);
    await turn;
    const again = ticket.turn(1_000);
    room.changed();
    await again;
    expect(clock.pending).toEqual([]);
  });

  it("clients take turns, interactive goes before batch, and what is told is what happens", async () => {
    const room = new WaitingRoom(new FakeClock());
    const order: string[] = [];
    const enter = (name: string, client: string, lane: "interactive" | "batch" = "interactive") => {
      const ticket = room.enter("m", { client, lane });
      const run = async () => {
        await ticket.turn(60_000);
        while (ticket.ahead() > 0) await ticket.turn(60_000);
        order.push(name);
        ticket.leave(true);
      };
      return { name, ticket, run };
    };
    const all = [enter("night", "n", "batch"), enter("a1", "a"), enter("a2", "a"), enter("b1", "b"), enter("a3", "a")];
    const told = [...all].sort((x, y) => x.ticket.ahead() - y.ticket.ahead()).map(({ name }) => name);
    const running = all.map(({ run }) => run());
    room.freed("m");
    await Promise.all(running);
    expect(told).toEqual(["a1", "b1", "a2", "night", "a3"]);
    expect(order).toEqual(told);
  });

  it("who comes and is first at once looks at once: what is free is not kept for one behind it", async () => {
    const room = new WaitingRoom(new FakeClock());
    const batch = room.enter("m", { lane: "batch" });
    const asleep = batch.turn(60_000);
    const interactive = room.enter("m");
    await interactive.turn(60_000);
    expect([interactive.ahead(), batch.ahead()]).toEqual([0, 1]);
    interactive.leave(true);
    await asleep;
  });

  it("a look is handed on when somebody else became first before it was taken", async () => {
    const room = new WaitingRoom(new FakeClock());
    const batch = room.enter("m", { lane: "batch" });
    const asleep = batch.turn(60_000);
    room.freed("m");
    const interactive = room.enter("m");
    await interactive.turn(60_000);
    const turn = interactive.turn(60_000);
    await asleep;
    void batch.turn(60_000);
    await turn;
    expect(interactive.ahead()).toBe(0);
  });

  it("I12: who is sent from behind, because enough is free for all before it, costs none of them the place", () => {
    const room = new WaitingRoom(new FakeClock());
    const [a1, b1, a2, b2] = ["a", "b", "a", "b"].map((client) => room.enter("m", { client }));
    a2?.leave(true);
    expect([a1, b1, b2].map((ticket) => ticket?.ahead())).toEqual([0, 1, 2]);
    const c1 = room.enter("m", { client: "c" });
    expect(c1.ahead()).toBe(2);
    a1?.leave(true);
    expect([b1, c1, b2].map((ticket) => ticket?.ahead())).toEqual([0, 1, 2]);
  });

  it("one that went away for a load comes back to its place, not to the end", () => {
    const clock = new FakeClock();
    const room = new WaitingRoom(clock);
    const at = clock.now();
    clock.advance(1_000);
    const later = room.enter("m");
    const earlier = room.enter("m", { at });
    expect([earlier.ahead(), later.ahead()]).toEqual([0, 1]);
  });

  it("batch is told its new place when it has waited for 30 s", () => {
    const clock = new FakeClock();
    const room = new WaitingRoom(clock);
    const batch = room.enter("m", { lane: "batch" });
    clock.advance(20_000);
    room.enter("m");
    expect(batch.ahead()).toBe(1);
    clock.advance(10_001);
    expect(batch.ahead()).toBe(0);
  });

  it("shows depth and lanes of every queue, and nothing where nobody waits", () => {
    const room = new WaitingRoom(new FakeClock());
    expect(room.view()).toBeUndefined();
    const ticket = room.enter("m", { lane: "batch" });
    room.enter("m");
    room.enter("n");
    expect(room.view()).toEqual({
      m: { depth: 2, lanes: { interactive: 1, batch: 1 } },
      n: { depth: 1, lanes: { interactive: 1, batch: 0 } },
    });
    ticket.leave();
    expect(room.view()?.["m"]).toEqual({ depth: 1, lanes: { interactive: 1, batch: 0 } });
  });

  it("I12: whatever comes, goes and is freed, everyone who stays has a turn, in the order told before it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(aMove, { maxLength: 60 }), async (moves) => {
        const clock = new FakeClock();
        const room = new WaitingRoom(clock);
        const here: { ticket: Ticket; woken: boolean }[] = [];
        const enter = (visitor: Visitor) => {
          const one = { ticket: room.enter("m", visitor), woken: false };
          here.push(one);
          void one.ticket.turn(600_000).then(() => {
            one.woken = true;
          });
        };
        const leave = (one: (typeof here)[number] | undefined, served: boolean) => {
          if (one === undefined) return;
          here.splice(here.indexOf(one), 1);
          one.ticket.leave(served);
        };
        for (const move of moves) {
          if (move.move === "enter") enter({ client: move.client, lane: move.lane });
          else if (move.move === "leave") leave(here[move.which % Math.max(1, here.length)], false);
          else clock.advance(move.ms);
          expect(here.map(({ ticket }) => ticket.ahead()).sort((a, b) => a - b)).toEqual(here.map((_, at) => at));
          expect(room.waiting("m")).toBe(here.length);
        }
        while (here.length > 0) {
          const first = here.find(({ ticket }) => ticket.ahead() === 0);
          room.freed("m");
          await Promise.resolve();
          expect(first?.woken).toBe(true);
          leave(first, true);
        }
        expect(room.view()).toBeUndefined();
        expect(clock.pending).toEqual([]);
      }),
    );
  });
});
