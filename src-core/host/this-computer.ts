// What this computer tells of itself where the engine has to know: its networks, its zone, and its way to wake others.
import { networkInterfaces } from "node:os";
import type { ThisComputer } from "../engine/ports.ts";
import { sendWake } from "./wake.ts";

export const thisComputer: ThisComputer = {
  wake: sendWake,
  // Temporary IPv6 addresses come and go on a network that stays: their networks are compared, not they.
  networks: () =>
    Object.entries(networkInterfaces())
      .flatMap(([name, addresses = []]) => addresses.filter(({ internal }) => !internal).map((one) => `${name} ${networkOf(one)}`))
      .sort()
      .filter((one, at, all) => one !== all[at - 1])
      .join("\n"),
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
};

function networkOf({ family, address }: { readonly family: string; readonly address: string }): string {
  return family === "IPv6" ? address.split(":").slice(0, 4).join(":") : address;
}
