// The first screen of somebody without nodes: look on this computer, give an address, or learn how to start a server. No dead end.
import { Plus, Radar } from "lucide-react";
import { useState } from "react";
import type { Fingerprint } from "../../src-core/contract/finding.ts";
import { useAction, useHome } from "../client/home.ts";
import { count } from "../format.ts";
import { nodeIdFrom } from "../node-names.ts";
import { kindWords } from "../words.ts";
import { CopyButton } from "./CopyButton.tsx";
import { StateMark } from "./StateMark.tsx";

const starts: readonly { readonly name: string; readonly command: string }[] = [
  { name: "Ollama", command: "ollama serve" },
  { name: "llama-server, one model", command: "llama-server -m model.gguf --port 8080" },
  { name: "llama-server, all your models", command: "llama-server --models-dir ~/models --port 8080" },
];

export function NoNodes({ onAdd }: { readonly onAdd: () => void }) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const [found, setFound] = useState<readonly Fingerprint[]>();
  const scan = async () => {
    const reply = await run(() => client.discover({}), { failed: "This computer was not scanned" });
    if (reply.ok) setFound(reply.output.found);
  };
  return (
    <section className="empty" aria-label="No nodes yet">
      <h2>No nodes yet</h2>
      <p>A node is a server that runs models: on this computer or anywhere in your network. Homeport puts them all behind one address.</p>
      <div className="empty-acts">
        <button type="button" className="button primary" disabled={busy} onClick={() => void scan()}>
          <Radar size={15} aria-hidden="true" /> {busy ? "Looking…" : "Scan this computer"}
        </button>
        <button type="button" className="button" onClick={onAdd}>
          <Plus size={15} aria-hidden="true" /> Add by address
        </button>
      </div>
      <div role="status">{found !== undefined && <Found found={found} />}</div>
      <h3>No server running yet?</h3>
      <ul className="starts">
        {starts.map(({ name, command }) => (
          <li key={name}>
            <span>{name}</span>
            <code>{command}</code>
            <CopyButton text={command} what={`command for ${name}`} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Found({ found }: { readonly found: readonly Fingerprint[] }) {
  const usable = found.filter((one) => one.kind !== undefined);
  if (usable.length === 0) return <p>No model server answers on the usual ports of this computer. Start one, or add one by its address.</p>;
  return (
    <ul className="found">
      {usable.map((one) => (
        <FoundLine key={one.url} found={one} />
      ))}
    </ul>
  );
}

function FoundLine({ found }: { readonly found: Fingerprint }) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const { kind } = found;
  if (kind === undefined) return null;
  const add = () =>
    void run(() => client.addNode({ id: nodeIdFrom(kind, []), kind, url: found.url, name: found.label }), {
      failed: `${found.label} was not added`,
      done: `${found.label} added`,
    });
  return (
    <li>
      <StateMark tone="ok" word={`${kindWords[kind]}${found.models === undefined ? "" : `, ${count(found.models, "model")}`}`} />
      <code>{found.url}</code>
      <button type="button" className="button small" disabled={busy || found.known !== undefined} onClick={add}>
        {found.known === undefined ? "Add" : "Added"}
      </button>
    </li>
  );
}
