// The first screen of somebody without nodes: look on this computer, give an address, or learn how to start a server. No dead end.
import { Plus, Radar, Router } from "lucide-react";
import { useState } from "react";
import type { FoundServer } from "../../src-core/contract/finding.ts";
import { useAction, useHome } from "../client/home.ts";
import { FoundLine } from "../finding/FoundLine.tsx";
import { code } from "../language/code.ts";
import { words } from "../language/words.ts";
import { CopyButton } from "./CopyButton.tsx";

const { noNodes } = words.frame;

const starts: readonly { readonly name: string; readonly command: string }[] = [
  { name: noNodes.starts.ollama, command: code`ollama serve` },
  { name: noNodes.starts.oneModel, command: code`llama-server -m model.gguf --port 8080` },
  { name: noNodes.starts.allModels, command: code`llama-server --models-dir ~/models --port 8080` },
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
    const reply = await run(() => client.discover({}), { failed: noNodes.scanFailed });
    if (reply.ok) setFound(reply.output.found);
  };
  return (
    <section className="empty" aria-label={noNodes.title}>
      <h2>{noNodes.title}</h2>
      <p>{noNodes.says}</p>
      <div className="empty-acts">
        <button type="button" className="button primary" disabled={busy} onClick={() => void scan()}>
          <Radar size={15} aria-hidden="true" /> {busy ? noNodes.scanning : noNodes.scanButton}
        </button>
        <button type="button" className="button" onClick={onFind}>
          <Router size={15} aria-hidden="true" /> {noNodes.findButton}
        </button>
        <button type="button" className="button" onClick={onAdd}>
          <Plus size={15} aria-hidden="true" /> {noNodes.addButton}
        </button>
      </div>
      <div role="status">{found !== undefined && <Found found={found} />}</div>
      <h3>{noNodes.startTitle}</h3>
      <ul className="starts">
        {starts.map(({ name, command }) => (
          <li key={name}>
            <span>{name}</span>
            <code>{command}</code>
            <CopyButton text={command} what={noNodes.startCommand(name)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Found({ found }: { readonly found: readonly FoundServer[] }) {
  const usable = found.filter((one) => one.kind !== undefined);
  if (usable.length === 0) return <p>{noNodes.scanEmpty}</p>;
  return (
    <ul className="found">
      {usable.map((one) => (
        <FoundLine key={one.url} found={one} />
      ))}
    </ul>
  );
}
