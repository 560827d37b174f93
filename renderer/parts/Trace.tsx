// What a request's name came to mean and what decided, in words: the part of the trace that came before the first attempt (UX-14).
import type { RequestRow } from "../../src-core/contract/route.ts";
import { energy, usd } from "../format.ts";
import { words } from "../language/words.ts";
import { linkSays, rejectionSays } from "../routing/reasons.ts";

const { asked, figures, lanes } = words.request;
const { reasons } = words.routing;

/** Nothing where the name meant itself and no filter was overlooked. */
export function Trace({ row }: { readonly row: RequestRow }) {
  const { resolution, relaxed, model } = row;
  if (resolution === undefined && relaxed === undefined) return null;
  const chain = resolution?.chain ?? [];
  return (
    <section>
      <h2>{asked.title}</h2>
      {resolution !== undefined && <p>{reasons.resolution(model, resolution)}</p>}
      {chain.length > 1 && (
        <ol className="attempts trace-chain">
          {chain.map((link, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a chain never changes, and may name one model twice
            <li key={at}>
              <span className="hint">{at === 0 ? asked.first : asked.later}</span>
              <span>{linkSays(link, model)}</span>
            </li>
          ))}
        </ol>
      )}
      {relaxed !== undefined && <p className="relaxed">{reasons.relaxed(relaxed)}</p>}
    </section>
  );
}

/** Who asked, as far as the request tells, and what the answer cost. */
export function callerFigures({ client, agent, lane, usd: cost, wattHours }: RequestRow): readonly (readonly [string, string])[] {
  return [
    ...(client === undefined ? [] : [[figures.client, client] as const]),
    ...(agent === undefined ? [] : [[figures.agent, agent] as const]),
    ...(lane === undefined ? [] : [[figures.lane, lanes[lane]] as const]),
    ...(wattHours === undefined ? [] : [[figures.energy, energy(wattHours)] as const]),
    ...(cost === undefined ? [] : [[figures.cost, cost === 0 ? figures.free : usd(cost)] as const]),
  ];
}

/** The reason in two words, before the sentence. */
export function ReasonMark({ because }: { readonly because: string }) {
  return <span className="badge">{rejectionSays(because)}</span>;
}
