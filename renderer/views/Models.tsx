// Every model of the house, whichever node it lies on: a list over all homes, and the matrix of who has what (ux.md 5, demand 23).
import { Download } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import type { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { useSnapshot } from "../client/home.ts";
import { Rich } from "../language/Rich.tsx";
import { words } from "../language/words.ts";
import { Arrange } from "../library/Arrange.tsx";
import { arranged } from "../library/arrange.ts";
import { FetchDialog } from "../library/FetchDialog.tsx";
import { Fetches } from "../library/Fetches.tsx";
import { HaveOn } from "../library/HaveOn.tsx";
import { LoadDialog } from "../library/LoadDialog.tsx";
import { columnsOf, linesOf, matchesLine } from "../library/lines.ts";
import { linesSay, ModelLines } from "../library/ModelLines.tsx";
import { useArrangement } from "../library/use-arrangement.ts";
import { useModelFiles } from "../library/use-model-files.tsx";
import { useShownNodes } from "../library/use-shown-nodes.ts";
import { SearchBox } from "../parts/SearchBox.tsx";
import { Segments } from "../parts/Segments.tsx";

const { models } = words;

type Shown = "list" | "matrix";
const shows: readonly { readonly value: Shown; readonly label: string }[] = [
  { value: "list", label: models.list },
  { value: "matrix", label: models.matrix },
];
/** Rows of the matrix at once: each has a place for every node. */
const matrixRows = 60;

export function Models() {
  const { fleet, pinned } = useSnapshot();
  const { acts, question } = useModelFiles();
  const [shown, setShown] = useState<Shown>("list");
  const [search, setSearch] = useState("");
  const [fetching, setFetching] = useState(false);
  const [rows, setRows] = useState(matrixRows);
  const [arrangement, arrange] = useArrangement();
  const [loading, setLoading] = useState<{ readonly model: ModelId; readonly node?: NodeId | undefined }>();
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const nodes = useDeferredValue(useShownNodes(fleet.nodes));
  const lines = useMemo(() => linesOf({ nodes }), [nodes]);
  const columns = useMemo(() => columnsOf({ nodes }), [nodes]);
  const found = useMemo(() => lines.filter((line) => matchesLine(line, wanted)), [lines, wanted]);
  const pins = pinned?.join("\n") ?? "";
  const first = useMemo(() => new Set(pins === "" ? [] : pins.split("\n")), [pins]);
  const groups = useMemo(() => arranged(found, arrangement, first), [found, arrangement, first]);
  const inMatrix = useMemo(
    () => arranged(found, { group: "none", order: "name" }, first)[0]?.lines.slice(0, rows) ?? [],
    [found, rows, first],
  );
  const able = columns.filter(({ can, health }) => can.pull === true && health.state === "up");
  return (
    <>
      <div className="page-head">
        <h1>{models.title}</h1>
        {lines.length > 0 && <p className="summary">{linesSay(lines, Object.keys(nodes).length)}</p>}
        <div className="page-tools">
          <Segments legend={models.showAs} options={shows} value={shown} onChange={setShown} />
          {shown === "list" && <Arrange arrangement={arrangement} onChange={arrange} />}
          <SearchBox label={models.search} value={search} onChange={setSearch} />
          {able.length > 0 && (
            <button type="button" className="button" onClick={() => setFetching(true)}>
              <Download size={15} aria-hidden="true" /> {models.fetchButton}
            </button>
          )}
        </div>
      </div>
      <Fetches pulls={fleet.pulls ?? {}} nodes={fleet.nodes} acts={acts} />
      {lines.length === 0 && (
        <section className="empty">
          <h2>{models.emptyTitle}</h2>
          {Object.keys(nodes).length > 0 ? (
            <p>{models.emptyWaiting}</p>
          ) : (
            <p>
              <Rich text={models.emptyNoNodes} parts={{ addNode: <a href="#/nodes">{models.addNode}</a> }} />
            </p>
          )}
        </section>
      )}
      {lines.length > 0 && found.length === 0 && (
        <section className="empty">
          <h2>{models.nothingFound(search)}</h2>
          <button type="button" className="button" onClick={() => setSearch("")}>
            {models.clearSearch}
          </button>
        </section>
      )}
      {found.length > 0 && shown === "list" && (
        <ModelLines groups={groups} pinned={first} acts={acts} onLoad={(model, node) => setLoading({ model, node })} />
      )}
      {found.length > 0 && shown === "matrix" && (
        <>
          <HaveOn lines={inMatrix} columns={columns} pulls={fleet.pulls} acts={acts} />
          {found.length > rows && (
            <button type="button" className="button show-more" onClick={() => setRows(rows + matrixRows)}>
              {models.more(Math.min(matrixRows, found.length - rows), found.length)}
            </button>
          )}
        </>
      )}
      {fetching && (
        <FetchDialog
          nodes={able}
          model=""
          chosen={able.length === 1 ? able.map(({ id }) => id) : []}
          onFetch={acts.pull}
          onClose={() => setFetching(false)}
        />
      )}
      {loading !== undefined && <LoadDialog model={loading.model} node={loading.node} onClose={() => setLoading(undefined)} />}
      {question}
    </>
  );
}
