// Device memory. A bar only where the total is known; else absolute figures. The words carry everything the bar shows.
import type { Load, Node } from "../../src-core/contract/fleet.ts";
import { bytes } from "../format.ts";
import { type MemoryFigures, memoryFigures, sourceWords } from "../memory.ts";

export function MemoryBar({ node, loads }: { readonly node: Node; readonly loads: readonly Load[] }) {
  const figures = memoryFigures(node, loads);
  const { totalBytes } = figures;
  if (totalBytes === undefined || totalBytes <= 0) return <MemoryWords node={node} figures={figures} />;
  if (figures.freeBytes === undefined && figures.oursBytes === 0 && figures.othersBytes === undefined)
    return <TotalOnly figures={figures} />;
  const source = figures.totalSource === undefined ? "" : sourceWords[figures.totalSource];
  return (
    <div className="memory">
      <p className="memory-head">
        <span>Graphics memory</span>
        <span className="figure">{headFigure(figures, totalBytes)}</span>
      </p>
      <div className="memory-bar" aria-hidden="true">
        <Part kind="ours" partBytes={figures.oursBytes} totalBytes={totalBytes} />
        <Part kind="pending" partBytes={Math.min(figures.pendingBytes, figures.freeBytes ?? totalBytes)} totalBytes={totalBytes} />
        <Part kind="others" partBytes={figures.othersBytes ?? 0} totalBytes={totalBytes} />
      </div>
      <ul className="memory-legend">
        {figures.oursBytes > 0 && <li className="key-ours">models {bytes(figures.oursBytes)}</li>}
        {figures.pendingBytes > 0 && <li className="key-pending">loading {bytes(figures.pendingBytes)}</li>}
        {figures.othersBytes !== undefined && figures.othersBytes > 0 && (
          <li className="key-others">
            {figures.oursComplete ? "other" : "not told apart"} {bytes(figures.othersBytes)}
          </li>
        )}
        {figures.freeBytes === undefined ? (
          <li className="key-none">The node does not tell how much is in use</li>
        ) : (
          <li>
            {figures.othersBytes === undefined ? "up to " : ""}
            {bytes(figures.freeBytes)} free
          </li>
        )}
      </ul>
      {source !== "" && <p className="source">Total {source}</p>}
    </div>
  );
}

/** A total and nothing else: an empty bar would claim that all of it is free. */
function TotalOnly({ figures }: { readonly figures: MemoryFigures }) {
  const source = figures.totalSource === undefined ? "" : ` Total ${sourceWords[figures.totalSource]}.`;
  return (
    <div className="memory">
      <p className="memory-head">
        <span>Graphics memory</span>
        <span className="figure">{bytes(figures.totalBytes)} in all</span>
      </p>
      <p className="source">The node does not tell how much is in use.{source}</p>
    </div>
  );
}

/** Used of total; a lower bound or the total alone where a loaded model does not tell its size. */
function headFigure({ oursBytes, oursComplete }: MemoryFigures, totalBytes: number): string {
  if (oursComplete) return `${bytes(oursBytes)} of ${bytes(totalBytes)}`;
  return oursBytes > 0 ? `at least ${bytes(oursBytes)} of ${bytes(totalBytes)}` : `${bytes(totalBytes)} in all`;
}

interface PartProps {
  readonly kind: "ours" | "pending" | "others";
  readonly partBytes: number;
  readonly totalBytes: number;
}

function Part({ kind, partBytes, totalBytes }: PartProps) {
  return <span className={`memory-part part-${kind}`} style={{ width: `${Math.min(100, (partBytes / totalBytes) * 100)}%` }} />;
}

/** No total: no bar and no percentage. Nothing at all where even the models' sizes are unknown and nothing is loaded. */
function MemoryWords({ node, figures }: { readonly node: Node; readonly figures: MemoryFigures }) {
  if (figures.oursBytes === 0 && node.memory.usedBytes === undefined) return null;
  const used = node.memory.usedBytes ?? figures.oursBytes;
  return (
    <div className="memory">
      <p className="memory-head">
        <span>Graphics memory</span>
        <span className="figure">{bytes(used)} in use</span>
      </p>
      <p className="source">Reported by the node; it does not tell the total.{node.demo ? "" : " You can set it under Edit node."}</p>
    </div>
  );
}
