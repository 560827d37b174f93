// Where 127.0.0.1 does not lead here: containers, WSL, other computers, web pages; and what a person has to do there.
import { fromContainer } from "./desk-apps.ts";

export type Place = readonly [where: string, says: readonly string[]];

/** How a gateway comes to listen beyond this computer, and what that means. */
export const widerSays =
  "To listen wider, set gateway.host to 0.0.0.0 in the settings. Homeport then insists on a key, because every computer of the network can knock.";

/** `loopback`: only this computer reaches the gateway. */
export function placesSay(root: string, loopback: boolean): readonly Place[] {
  const { port } = new URL(root);
  return [
    [
      "In a container (Docker, Podman)",
      [
        `There 127.0.0.1 is the container itself. Use ${fromContainer(root)}, and name host.docker.internal under Callers in the settings.`,
        loopback
          ? "Docker Desktop leads that name here. On Linux the container needs --network=host with 127.0.0.1, or a gateway that listens wider."
          : "On Linux, start the container with --add-host=host.docker.internal:host-gateway.",
      ],
    ],
    [
      "In WSL",
      [
        "With WSL's mirrored network, 127.0.0.1 leads here and nothing is to do.",
        loopback
          ? "Otherwise WSL needs the address of Windows, and a gateway that listens wider."
          : "Otherwise use the address of Windows as WSL sees it, and name it under Callers in the settings.",
      ],
    ],
    [
      "On another computer",
      [
        loopback
          ? "The gateway listens for this computer alone, so it has to listen wider first."
          : `Use this computer's address with port ${port}, and name that address under Callers in the settings.`,
        `A tunnel needs no change here: start ssh -L ${port}:127.0.0.1:${port} there, to this computer, and use 127.0.0.1.`,
      ],
    ],
    [
      "In a web page or a browser extension",
      [
        "Browsers tell where a page comes from, and Homeport answers only pages that are named under Callers in the settings.",
        "Extensions are named the same way: chrome-extension:// and the extension's id.",
      ],
    ],
  ];
}
