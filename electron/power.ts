// What the computer's power means to the engine: after sleep everything is made anew, and on battery nodes are looked after at the slow pace unless
// somebody looks or waits. Some systems never tell (F52): the engine notices sleep by itself, and asks for the battery each time it plans.
import type { PowerMonitor } from "electron";
import type { Homeport } from "../src-core/homeport.ts";

/** Follows the system's power for as long as the app runs. Nothing is asked of a person, and nobody is told: it only costs less (UX-17). */
export function followPower(monitor: Pick<PowerMonitor, "on" | "isOnBatteryPower">, { engine }: Pick<Homeport, "engine">): void {
  monitor.on("resume", () => engine.caretaker.told("sleep"));
  engine.poller.spareBattery(() => monitor.isOnBatteryPower());
  monitor.on("on-ac", () => engine.poller.hurry());
}
