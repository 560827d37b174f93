// What to do where the app does not run on this computer, or runs in a browser.
import { words } from "../language/words.ts";
import { placesSay } from "./places.ts";

const { places } = words.connect;

interface ElsewhereProps {
  readonly root: string;
  /** Only this computer reaches the gateway. */
  readonly loopback: boolean;
}

export function Elsewhere({ root, loopback }: ElsewhereProps) {
  return (
    <>
      <dl className="places">
        {placesSay(root, loopback).map(([where, says]) => (
          <div key={where}>
            <dt>{where}</dt>
            {says.map((one) => (
              <dd key={one}>{one}</dd>
            ))}
          </div>
        ))}
      </dl>
      <p className="summary">
        {loopback && `${places.wider} `}
        <a href="#/settings/network">{places.settings}</a>
      </p>
    </>
  );
}
