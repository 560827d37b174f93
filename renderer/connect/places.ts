// Where 127.0.0.1 does not lead here: containers, WSL, other computers, web pages; and what a person has to do there.
import { code } from "../language/code.ts";
import { words } from "../language/words.ts";
import { fromContainer } from "./desk-apps.ts";

const { places } = words.connect;

export type Place = readonly [where: string, says: readonly string[]];

/** `loopback`: only this computer reaches the gateway. */
export function placesSay(root: string, loopback: boolean): readonly Place[] {
  const { port } = new URL(root);
  const tunnel = code`ssh -L ${port}:127.0.0.1:${port}`;
  return [
    [places.container, [places.containerAddress(fromContainer(root)), loopback ? places.containerNear : places.containerWide]],
    [places.wsl, [places.wslMirrored, loopback ? places.wslNear : places.wslWide]],
    [places.computer, [loopback ? places.computerNear : places.computerWide(port), places.computerTunnel(tunnel)]],
    [places.browser, [places.browserOrigins, places.browserExtensions]],
  ];
}
