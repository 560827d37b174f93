// What to do where the app does not run on this computer, or runs in a browser.
import { placesSay, widerSays } from "./places.ts";

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
        {loopback && `${widerSays} `}
        <a href="#/settings/network">Open the settings</a>
      </p>
    </>
  );
}
