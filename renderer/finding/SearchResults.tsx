// What a search has found and how far it has come in each place. A search that runs says so; one that ended with nothing says what may be the cause.
import type { SearchView, SourceProgress } from "../../src-core/contract/finding.ts";
import { words } from "../language/words.ts";
import { StateMark } from "../parts/StateMark.tsx";
import type { Tone } from "../tone.ts";
import { FoundLine } from "./FoundLine.tsx";

const { finding } = words;

export function SearchResults({ search }: { readonly search: SearchView }) {
  const { found, sources, endedAt, cancelled } = search;
  const ended = endedAt !== undefined;
  const says = !ended ? finding.foundSoFar : cancelled ? finding.foundCancelled : finding.found;
  return (
    <section className="find-results" aria-label={finding.results}>
      <ul className="find-sources">
        {sources.map((source) => (
          <SourceLine key={source.source} progress={source} />
        ))}
      </ul>
      <p role="status">{says(found.length)}</p>
      {found.length === 0 && ended && !cancelled && <p className="hint">{finding.nothingHint}</p>}
      <ul className="found" aria-label={finding.servers}>
        {found.map((server) => (
          <FoundLine key={server.url} found={server} />
        ))}
      </ul>
    </section>
  );
}

function SourceLine({ progress }: { readonly progress: SourceProgress }) {
  const { source, state, asked, of } = progress;
  const says = finding.progress(progress);
  return (
    <li data-source={source}>
      <StateMark tone={toneOf(progress)} word={finding.sources[source]} />
      <span className="hint">{says}</span>
      {state === "running" && (
        <progress
          max={of ?? 1}
          {...(of === undefined ? {} : { value: asked })}
          aria-label={finding.looking(finding.sources[source])}
          aria-valuetext={says}
        />
      )}
    </li>
  );
}

/** A source that ended with something to say found nothing, and a green mark would hide why. */
function toneOf({ state, says }: SourceProgress): Tone {
  if (state === "running") return "busy";
  if (state === "cancelled") return "off";
  return state === "failed" || says !== undefined ? "warn" : "ok";
}
