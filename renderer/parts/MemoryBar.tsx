// Device memory. A bar only where the total is known; else absolute figures. The words carry everything the bar shows.
import type { Load, Node } from "../../src-core/contract/fleet.ts";
import { words } from "../language/words.ts";
import { type MemoryFigures, memoryFigures } from "../memory.ts";

const { memory: say } = words.nodeModels;

export function MemoryBar({ node, loads }: { readonly node: Node; readonly loads: readonly Load[] }) {
  const figures = memoryFigures(node, loads);
  const { oursBytes, pendingBytes, othersBytes, freeBytes, totalBytes, totalSource } = figures;
  if (totalBytes === undefined || totalBytes <= 0) return <MemoryWords node={node} figures={figures} />;
  if (freeBytes === undefined && oursBytes === 0 && othersBytes === undefined) return <TotalOnly figures={figures} />;
  return (
    <div className="memory">
      <p className="memory-head">
        <span>{say.title}</span>
        <span className="figure">{headFigure(figures, totalBytes)}</span>
      </p>
      <div className="memory-bar" aria-hidden="true">
        <Part kind="ours" partBytes={oursBytes} totalBytes={totalBytes} />
        <Part kind="pending" partBytes={Math.min(pendingBytes, freeBytes ?? totalBytes)} totalBytes={totalBytes} />
        <Part kind="others" partBytes={othersBytes ?? 0} totalBytes={totalBytes} />
      </div>
      <ul className="memory-legend">
        {oursBytes > 0 && <li className="key-ours">{say.models(oursBytes)}</li>}
        {pendingBytes > 0 && <li className="key-pending">{say.loading(pendingBytes)}</li>}
        {othersBytes !== undefined && othersBytes > 0 && (
          <li className="key-others">{figures.oursComplete ? say.others(othersBytes) : say.notToldApart(othersBytes)}</li>
        )}
        {freeBytes === undefined ? (
          <li className="key-none">{say.useUnknown}</li>
        ) : (
          <li>{othersBytes === undefined ? say.freeUpTo(freeBytes) : say.free(freeBytes)}</li>
        )}
      </ul>
      {totalSource !== undefined && <p className="source">{say.totals[totalSource]}</p>}
    </div>
  );
}

/** A total and nothing else: an empty bar would claim that all of it is free. */
function TotalOnly({ figures }: { readonly figures: MemoryFigures }) {
  return (
    <div className="memory">
      <p className="memory-head">
        <span>{say.title}</span>
        <span className="figure">{say.inAll(figures.totalBytes)}</span>
      </p>
      <p className="source">{say.totalOnly(figures.totalSource)}</p>
    </div>
  );
}

/** Used of total; a lower bound or the total alone where a loaded model does not tell its size. */
function headFigure({ oursBytes, oursComplete }: MemoryFigures, totalBytes: number): string {
  if (oursComplete) return say.usedOf(oursBytes, totalBytes);
  return oursBytes > 0 ? say.usedAtLeastOf(oursBytes, totalBytes) : say.inAll(totalBytes);
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
        <span>{say.title}</span>
        <span className="figure">{say.inUse(used)}</span>
      </p>
      <p className="source">{say.usedOnly(!node.demo)}</p>
    </div>
  );
}
