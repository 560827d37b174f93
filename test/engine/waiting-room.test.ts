// The waiting room: places are kept, nobody overtakes, and a turn is passed on.
import { describe, expect, it } from "vitest";
import { WaitingRoom } from "../../src-core/engine/waiting-room.ts";
import { FakeClock } from "../support/fake-clock.ts";

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
});
