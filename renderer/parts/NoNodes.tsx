// The first screen of somebody without nodes: look on this computer, give an address, or learn how to start a server. No dead end.
import { Plus, Radar, Router } from "lucide-react";
import { useState } from "react";
import type { FoundServer } from "../../src-core/contract/finding.ts";
import { useAction, useHome } from "../client/home.ts";
import { FoundLine } from "../finding/FoundLine.tsx";
import { CopyButton } from "./CopyButton.tsx";

const starts: readonly { readonly name: string; readonly command: string }[] = [
  { name: "Ollama", command: "ollama serve" },
  { name: "llama-server, one model", command: "llama-server -m model.gguf --port 8080" },
  { name: "llama-server, all your models", command: "llama-server --models-dir ~/models --port 8080" },
];

interface NoNodesProps {
  readonly onAdd: () => void;
  readonly onFind: () => void;
}

export function NoNodes({ onAdd, onFind }: NoNodesProps) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const [found, setFound] = useState<readonly FoundServer[]>();
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
        <button type="button" className="button" onClick={onFind}>
          <Router size={15} aria-hidden="true" /> Find on my network
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

function Found({ found }: { readonly found: readonly FoundServer[] }) {
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
