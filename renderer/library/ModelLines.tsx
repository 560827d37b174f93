// The list of the house's models: one row each over all its homes; opened, a row tells of each home and what can be done there.
import { ChevronDown, ChevronRight } from "lucide-react";
import { memo, useState } from "react";
import type { ModelEntry, Node, Residency } from "../../src-core/contract/fleet.ts";
import { useAction, useHome } from "../client/home.ts";
import { useNow } from "../client/ticker.ts";
import { age, bytes, context, count } from "../format.ts";
import { isService, modelFacts } from "../models.ts";
import { Confirm } from "../parts/Dialog.tsx";
import type { Home, Line } from "./lines.ts";
import type { ModelFileActs } from "./use-model-files.tsx";

/** Rows drawn at once; more on demand. */
const pageRows = 100;
/** Named in a row; the rest is a number. */
const namedHomes = 3;

interface ModelLinesProps {
  readonly lines: readonly Line[];
  readonly acts: ModelFileActs;
}

export const ModelLines = memo(function ModelLines({ lines, acts }: ModelLinesProps) {
  const [limit, setLimit] = useState(pageRows);
  return (
    <>
      <table className="requests library">
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">In memory on</th>
            <th scope="col">On</th>
            <th scope="col" className="number">
              Size, context
            </th>
            <th scope="col">Can</th>
            <th scope="col">Last used</th>
          </tr>
        </thead>
        {lines.slice(0, limit).map((line) => (
          <ModelLine key={line.key} line={line} acts={acts} />
        ))}
      </table>
      {lines.length > limit && (
        <button type="button" className="button show-more" onClick={() => setLimit(limit + pageRows)}>
          Show {Math.min(pageRows, lines.length - limit)} more of {lines.length.toLocaleString("en")}
        </button>
      )}
    </>
  );
}, isSameList);

/** Acts are made anew with every render and always do the same. */
function isSameList(before: ModelLinesProps, after: ModelLinesProps): boolean {
  return before.lines === after.lines;
}

interface ModelLineProps {
  readonly line: Line;
  readonly acts: ModelFileActs;
}

const ModelLine = memo(
  function ModelLine({ line, acts }: ModelLineProps) {
    const [open, setOpen] = useState(false);
    const first = line.homes[0]?.entry;
    const Chevron = open ? ChevronDown : ChevronRight;
    return (
      <tbody data-model={line.key}>
        <tr>
          <td className="cell-model">
            <button type="button" className="expand" aria-expanded={open} onClick={() => setOpen(!open)}>
              <Chevron size={14} aria-hidden="true" />
              {line.name}
            </button>
            {first !== undefined && <span className="under">{modelFacts(first)}</span>}
          </td>
          <td data-label="In memory on">{line.warmOn.length === 0 ? <span className="hint">nowhere</span> : some(line.warmOn)}</td>
          <td data-label="On">{some(line.homes.map(({ node }) => node.name))}</td>
          <td className="number" data-label="Size">
            {bytes(line.bytes)}
            <span className="under">{line.contextTokens === undefined ? "" : `${context(line.contextTokens)} ctx`}</span>
          </td>
          <td data-label="Can">{line.can.length === 0 ? <span className="hint">not told</span> : line.can.join(", ")}</td>
          <td data-label="Last used">
            <LastUsed at={line.lastUsedAt} />
          </td>
        </tr>
        {open && (
          <tr className="library-homes">
            <td colSpan={6}>
              <ul>
                {line.homes.map((home) => (
                  <HomeRow key={home.node.id} home={home} usual={line.digest} acts={acts} />
                ))}
              </ul>
            </td>
          </tr>
        )}
      </tbody>
    );
  },
  ({ line: before }, { line: after }) =>
    before.lastUsedAt === after.lastUsedAt &&
    before.homes.length === after.homes.length &&
    before.homes.every(({ entry, node }, index) => {
      const next = after.homes[index];
      return next !== undefined && entry === next.entry && node.name === next.node.name && node.can === next.node.can;
    }),
);

/** Ticks; the row does not. */
const LastUsed = memo(function LastUsed({ at }: { readonly at: number | undefined }) {
  const now = useNow();
  return <span className={at === undefined ? "hint" : undefined}>{at === undefined ? "not since the start" : age(at, now)}</span>;
});

function some(names: readonly string[]): string {
  const shown = names.slice(0, namedHomes).join(", ");
  return names.length > namedHomes ? `${shown} and ${names.length - namedHomes} more` : shown;
}

const states: Readonly<Record<Residency["state"], string>> = {
  cold: "on disk",
  loading: "loading",
  warm: "in memory",
  sleeping: "sleeping",
  unloading: "unloading",
};

interface HomeRowProps {
  readonly home: Home;
  readonly usual: string | undefined;
  readonly acts: ModelFileActs;
}

function HomeRow({ home: { node, entry }, usual, acts }: HomeRowProps) {
  const [asking, setAsking] = useState(false);
  const differs = usual !== undefined && entry.digest !== undefined && entry.digest !== usual;
  const isUp = node.enabled && node.health.state !== "down";
  return (
    <li>
      <span className="library-node">{node.name}</span>
      <span>{isService(node) ? "always ready" : states[entry.residency.state]}</span>
      <span className="hint">
        {[entry.id, entry.bytes === undefined ? "" : bytes(entry.bytes), differs ? "another version than most" : ""]
          .filter((part) => part !== "")
          .join(", ")}
      </span>
      <span className="library-acts">
        <LoadButton node={node} entry={entry} isUp={isUp} />
        {node.can.pull === true && differs && (
          <button type="button" className="button small" disabled={!isUp} onClick={() => acts.pull([node.id], entry.id)}>
            Fetch the newest
          </button>
        )}
        {node.can.remove === true && entry.residency.state === "cold" && (
          <button
            type="button"
            className="button small"
            aria-label={`Delete ${entry.id} from ${node.name}`}
            disabled={!isUp}
            onClick={() => setAsking(true)}
          >
            Delete…
          </button>
        )}
      </span>
      {asking && (
        <Confirm
          title={`Delete ${entry.id} from ${node.name}?`}
          confirm="Delete"
          danger
          onConfirm={() => acts.remove(node.id, entry.id)}
          onClose={() => setAsking(false)}
        >
          <p>
            {entry.bytes === undefined ? "Its file" : `${bytes(entry.bytes)} on the disk of ${node.name}`} will be gone. To have it again it
            must be fetched again.
          </p>
        </Confirm>
      )}
    </li>
  );
}

function LoadButton({ node, entry, isUp }: { readonly node: Node; readonly entry: ModelEntry; readonly isUp: boolean }) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const isCold = entry.residency.state === "cold" || entry.residency.state === "sleeping";
  if (isService(node) || (isCold ? !node.can.load : !node.can.unload)) return null;
  const act = isCold
    ? () => run(() => client.load({ node: node.id, model: entry.id }), { failed: `${entry.id} was not loaded` })
    : () => run(() => client.unload({ node: node.id, model: entry.id }), { failed: `${entry.id} was not unloaded` });
  return (
    <button
      type="button"
      className="button small"
      aria-label={`${isCold ? "Load" : "Unload"} ${entry.id} ${isCold ? "on" : "from"} ${node.name}`}
      disabled={busy || !isUp || entry.residency.state === "loading" || entry.residency.state === "unloading"}
      onClick={() => void act()}
    >
      {isCold ? "Load" : "Unload"}
    </button>
  );
}

/** "12 models on 8 nodes, 5 in memory". */
export function linesSay(lines: readonly Line[], nodes: number): string {
  const warm = lines.filter(({ warmOn }) => warmOn.length > 0).length;
  return `${count(lines.length, "model")} on ${count(nodes, "node")}, ${warm} in memory`;
}
