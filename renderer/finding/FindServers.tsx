// Finding servers in the network: choose where to look, watch it, add what was found. The search belongs to the engine: closed and opened again,
// the dialog shows where it is.
import { type FormEvent, useEffect, useState } from "react";
import type { Failure } from "../../src-core/contract/failure.ts";
import type { FindSource, OwnSubnet, SearchView, SourceProgress } from "../../src-core/contract/finding.ts";
import { useAction, useHome, useSnapshot } from "../client/home.ts";
import { count } from "../format.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { StateMark } from "../parts/StateMark.tsx";
import { FoundLine } from "./FoundLine.tsx";
import { type Chosen, SearchForm } from "./SearchForm.tsx";
import { progressSays, sourceNames, toneOf } from "./source-words.ts";

const firstChoice: Chosen = { sources: ["mdns", "subnet"], subnet: "" };

interface FindServersProps {
  readonly onClose: () => void;
  /** To the dialog where an address is typed. */
  readonly onByAddress: () => void;
}

export function FindServers({ onClose, onByAddress }: FindServersProps) {
  const { client } = useHome();
  const { search } = useSnapshot();
  const { offered, subnets } = useOffer();
  const [chosen, setChosen] = useState(firstChoice);
  const [failure, setFailure] = useState<Failure>();
  const [starting, setStarting] = useState(false);
  const { run } = useAction();
  const running = search !== undefined && search.endedAt === undefined;
  const subnet = chosen.subnet.trim() === "" ? subnets[0]?.cidr : chosen.subnet.trim();
  const look = async (event: FormEvent) => {
    event.preventDefault();
    setFailure(undefined);
    setStarting(true);
    const reply = await client.discover({ sources: [...chosen.sources], ...(subnet === undefined ? {} : { subnet }) });
    setStarting(false);
    if (!reply.ok) setFailure(reply.failure);
  };
  const cancel = () => void run(() => client.cancelDiscover({}), { failed: "The search was not cancelled" });
  const aboutSubnet = failure?.field === "subnet" ? failure.message : undefined;
  return (
    <Dialog title="Find on my network" onClose={onClose}>
      <form onSubmit={(event) => void look(event)} noValidate>
        <div className="dialog-body">
          {search !== undefined && <Results search={search} />}
          {!running && (
            <>
              <SearchForm
                offered={offered}
                subnets={subnets}
                chosen={{ ...chosen, subnet: chosen.subnet === "" ? (subnets[0]?.cidr ?? "") : chosen.subnet }}
                error={aboutSubnet}
                onChange={setChosen}
              />
              <p className="hint">
                Servers are only asked what they are. Nothing is loaded, no key is sent, and nothing is added without your click.
              </p>
            </>
          )}
          {failure !== undefined && aboutSubnet === undefined && (
            <p className="field-error" role="alert">
              {failure.message}
            </p>
          )}
        </div>
        <div className="dialog-foot">
          <button type="button" className="button" onClick={onByAddress}>
            Add by address
          </button>
          {running ? (
            <button type="button" className="button primary" onClick={cancel}>
              Cancel the search
            </button>
          ) : (
            <button type="submit" className="button primary" disabled={starting || chosen.sources.length === 0}>
              {search === undefined ? "Look" : "Look again"}
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}

/** Workers are offered only where the settings name a NATS server. */
function useOffer(): { readonly offered: readonly FindSource[]; readonly subnets: readonly OwnSubnet[] } {
  const { client } = useHome();
  const [subnets, setSubnets] = useState<readonly OwnSubnet[]>([]);
  const [hasNats, setHasNats] = useState(false);
  useEffect(() => {
    void client.ownSubnets({}).then((reply) => setSubnets(reply.ok ? reply.output.subnets : []));
    void client.getSettings({}).then((reply) => setHasNats(reply.ok && reply.output.config.nats !== undefined));
  }, [client]);
  return { offered: ["this-computer", "mdns", "tailscale", "subnet", ...(hasNats ? (["workers"] as const) : [])], subnets };
}

function Results({ search }: { readonly search: SearchView }) {
  const { found, sources, endedAt, cancelled } = search;
  const ended = endedAt !== undefined;
  const servers = count(found.length, "server");
  const says = !ended ? `${servers} found so far` : cancelled ? `Cancelled, ${servers} found` : `${servers} found`;
  return (
    <section className="find-results" aria-label="What was found">
      <ul className="find-sources">
        {sources.map((source) => (
          <SourceLine key={source.source} progress={source} />
        ))}
      </ul>
      <p role="status">{says}</p>
      {found.length === 0 && ended && !cancelled && (
        <p className="hint">
          A server that listens only on its own computer is found by nobody else: Ollama needs OLLAMA_HOST=0.0.0.0 there.
        </p>
      )}
      <ul className="found" aria-label="Found servers">
        {found.map((server) => (
          <FoundLine key={server.url} found={server} />
        ))}
      </ul>
    </section>
  );
}

function SourceLine({ progress }: { readonly progress: SourceProgress }) {
  const { source, state, asked, of } = progress;
  const says = progressSays(progress);
  return (
    <li data-source={source}>
      <StateMark tone={toneOf(progress)} word={sourceNames[source]} />
      <span className="hint">{says}</span>
      {state === "running" && (
        <progress
          max={of ?? 1}
          {...(of === undefined ? {} : { value: asked })}
          aria-label={`Looking: ${sourceNames[source]}`}
          aria-valuetext={says}
        />
      )}
    </li>
  );
}
