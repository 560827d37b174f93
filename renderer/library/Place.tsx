// One place of the matrix: what a node has of a model, how far a fetch is, or the button that begins one.
import { Check, Download, TriangleAlert } from "lucide-react";
import { memo } from "react";
import type { Fleet, Node } from "../../src-core/contract/fleet.ts";
import type { Pull } from "../../src-core/contract/pulls.ts";
import { bytes } from "../format.ts";
import { words } from "../language/words.ts";
import { cellOf, type Line } from "./lines.ts";
import { percent, pullSays } from "./pull-words.ts";
import type { ModelFileActs } from "./use-model-files.tsx";

const { haveOn } = words.models;

interface PlaceProps {
  readonly line: Line;
  readonly node: Node;
  /** Its place among all columns, for those who cannot see it. */
  readonly column: number;
  readonly pulls: Fleet["pulls"];
  readonly acts: ModelFileActs;
}

/** Stands still while its row is drawn anew because columns come and go. */
export const Place = memo(function Place({ line, node, column, pulls, acts }: PlaceProps) {
  const cell = cellOf(line, node, pulls);
  if (cell.is === "there") {
    const { entry, differs } = cell;
    const isWarm = entry.residency.state !== "cold";
    const says = words.common.list([
      haveOn.has(node.name),
      bytes(entry.bytes),
      isWarm ? haveOn.inMemory : "",
      differs ? haveOn.anotherVersion : "",
    ]);
    return (
      <td aria-colindex={column} className={isWarm ? "place place-warm" : "place"} title={says}>
        {differs ? <TriangleAlert size={14} aria-hidden="true" /> : <Check size={14} aria-hidden="true" />}
        <span className="sr-only">{says}</span>
        <span aria-hidden="true">{differs ? haveOn.otherVersion : entry.bytes === undefined ? "" : bytes(entry.bytes)}</span>
        {isWarm && (
          <span className="place-mark" aria-hidden="true">
            {haveOn.warm}
          </span>
        )}
      </td>
    );
  }
  if (cell.is === "coming") {
    const { pull } = cell;
    const says = haveOn.coming(node.name, pullSays(pull));
    return (
      <td aria-colindex={column} className="place place-coming" title={says}>
        <span className="sr-only">{says}</span>
        <span aria-hidden="true">{comingMark(pull)}</span>
      </td>
    );
  }
  const { pullAs } = cell;
  if (pullAs === undefined) {
    return (
      <td aria-colindex={column} className="place">
        <span className="sr-only">{haveOn.absent(node.name)}</span>
      </td>
    );
  }
  return (
    <td aria-colindex={column} className="place">
      <button
        type="button"
        className="place-fetch"
        aria-label={haveOn.fetch(line.name, node.name)}
        title={haveOn.fetch(line.name, node.name)}
        disabled={node.health.state !== "up"}
        onClick={() => acts.pull([node.id], pullAs)}
      >
        <Download size={14} aria-hidden="true" />
      </button>
    </td>
  );
});

function comingMark(pull: Pull): string {
  if (pull.state === "failed") return haveOn.failed;
  return pull.state === "waiting" ? haveOn.waiting : percent(pull) || haveOn.noFigure;
}
