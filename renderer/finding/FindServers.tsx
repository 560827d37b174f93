// Finding servers in the network: choose where to look, watch it, add what was found. The search belongs to the engine: closed and opened again,
// the dialog shows where it is.
import { type FormEvent, useEffect, useState } from "react";
import type { Failure } from "../../src-core/contract/failure.ts";
import type { FindSource, OwnSubnet } from "../../src-core/contract/finding.ts";
import { useAction, useHome, useSnapshot } from "../client/home.ts";
import { words } from "../language/words.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { type Chosen, SearchForm } from "./SearchForm.tsx";
import { SearchResults } from "./SearchResults.tsx";

const { finding } = words;
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
  const cancel = () => void run(() => client.cancelDiscover({}), { failed: finding.cancelFailed });
  const aboutSubnet = failure?.field === "subnet" ? failure.message : undefined;
  return (
    <Dialog title={finding.title} onClose={onClose}>
      <form onSubmit={(event) => void look(event)} noValidate>
        <div className="dialog-body">
          {search !== undefined && <SearchResults search={search} />}
          {!running && (
            <>
              <SearchForm
                offered={offered}
                subnets={subnets}
                chosen={{ ...chosen, subnet: chosen.subnet === "" ? (subnets[0]?.cidr ?? "") : chosen.subnet }}
                error={aboutSubnet}
                onChange={setChosen}
              />
              <p className="hint">{finding.promise}</p>
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
            {finding.byAddressButton}
          </button>
          {running ? (
            <button type="button" className="button primary" onClick={cancel}>
              {finding.cancelButton}
            </button>
          ) : (
            <button type="submit" className="button primary" disabled={starting || chosen.sources.length === 0}>
              {search === undefined ? finding.lookButton : finding.lookAgainButton}
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
