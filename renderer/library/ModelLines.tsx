// The list of the house's models: one row each over all its homes, pinned ones first; opened, a row tells of each home and what can be done there.
import { ChevronRight, Pin } from "lucide-react";
import { memo, useState } from "react";
import type { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { useAction, useHome } from "../client/home.ts";
import { useNow } from "../client/ticker.ts";
import { age, bytes } from "../format.ts";
import { words } from "../language/words.ts";
import { isService, modelFacts } from "../models.ts";
import type { LineGroup } from "./arrange.ts";
import { HomeRow } from "./HomeRow.tsx";
import type { Line } from "./lines.ts";
import type { ModelFileActs } from "./use-model-files.tsx";

const { common, models, vocabulary } = words;
const { columns, line: says } = models;

/** Rows drawn at once; more on demand. */
const pageRows = 100;
/** Named in a row; the rest is a number. */
const namedHomes = 3;

/** Opens the question of where to load it; `node`: chosen beforehand. */
export type OnLoad = (model: ModelId, node?: NodeId) => void;

interface ModelLinesProps {
  readonly groups: readonly LineGroup[];
  /** Canonical names. */
  readonly pinned: ReadonlySet<string>;
  readonly acts: ModelFileActs;
  readonly onLoad: OnLoad;
}

export const ModelLines = memo(function ModelLines({ groups, pinned, acts, onLoad }: ModelLinesProps) {
  const [limit, setLimit] = useState(pageRows);
  const all = groups.reduce((sum, { lines }) => sum + lines.length, 0);
  return (
    <>
      <table className="requests library">
        <thead>
          <tr>
            <th scope="col">{columns.model}</th>
            <th scope="col">{columns.inMemoryOn}</th>
            <th scope="col">{columns.on}</th>
            <th scope="col" className="number">
              {columns.sizeAndContext}
            </th>
            <th scope="col">{columns.can}</th>
            <th scope="col">{columns.lastUsed}</th>
            <th scope="col">
              <span className="sr-only">{columns.load}</span>
            </th>
          </tr>
        </thead>
        {shownOf(groups, limit).map(({ title, lines }) => [
          title === "" ? null : <GroupHead key={title} title={title} size={lines.length} />,
          ...lines.map((line) => (
            <ModelLine key={`${title}/${line.key}`} line={line} isPinned={pinned.has(line.key)} acts={acts} onLoad={onLoad} />
          )),
        ])}
      </table>
      {all > limit && (
        <button type="button" className="button show-more" onClick={() => setLimit(limit + pageRows)}>
          {models.more(Math.min(pageRows, all - limit), all)}
        </button>
      )}
    </>
  );
}, isSameList);

/** The first rows, group by group. */
function shownOf(groups: readonly LineGroup[], limit: number): readonly LineGroup[] {
  let left = limit;
  return groups.flatMap(({ title, lines }) => {
    const shown = lines.slice(0, left);
    left -= shown.length;
    return shown.length === 0 ? [] : [{ title, lines: shown }];
  });
}

function GroupHead({ title, size }: { readonly title: string; readonly size: number }) {
  return (
    <tbody className="library-group">
      <tr>
        <th scope="rowgroup" colSpan={7}>
          {title} <span className="hint">{models.arrange.groupSize(size)}</span>
        </th>
      </tr>
    </tbody>
  );
}

/** Acts are made anew with every render and always do the same. */
function isSameList(before: ModelLinesProps, after: ModelLinesProps): boolean {
  return before.groups === after.groups && before.pinned === after.pinned;
}

interface ModelLineProps {
  readonly line: Line;
  readonly isPinned: boolean;
  readonly acts: ModelFileActs;
  readonly onLoad: OnLoad;
}

const ModelLine = memo(
  function ModelLine({ line, isPinned, acts, onLoad }: ModelLineProps) {
    const [open, setOpen] = useState(false);
    const first = line.homes[0]?.entry;
    const loads = line.homes.some(({ node }) => node.can.load && !isService(node));
    return (
      <tbody data-model={line.key}>
        <tr>
          <td className="cell-model">
            <span className="library-name">
              <button type="button" className="expand" aria-expanded={open} onClick={() => setOpen(!open)}>
                <ChevronRight size={14} aria-hidden="true" />
                {line.name}
              </button>
              {first !== undefined && <PinButton model={first.id} isPinned={isPinned} />}
            </span>
            {first !== undefined && <span className="under">{modelFacts(first)}</span>}
          </td>
          <td data-label={columns.inMemoryOn}>
            {line.warmOn.length === 0 ? <span className="hint">{says.nowhere}</span> : some(line.warmOn)}
          </td>
          <td data-label={columns.on}>{some(line.homes.map(({ node }) => node.name))}</td>
          <td className="number library-size" data-label={columns.size}>
            {bytes(line.bytes)}
            <span className="under">{line.contextTokens === undefined ? "" : says.context(line.contextTokens)}</span>
          </td>
          <td data-label={columns.can}>
            {line.can.length === 0 ? (
              <span className="hint">{says.abilitiesUntold}</span>
            ) : (
              common.list(line.can.map((ability) => vocabulary.abilities[ability]))
            )}
          </td>
          <td data-label={columns.lastUsed}>
            <LastUsed at={line.lastUsedAt} />
          </td>
          <td className="library-load">
            {loads && first !== undefined && (
              <button type="button" className="button small" aria-label={says.load(line.name)} onClick={() => onLoad(first.id)}>
                {says.loadButton}
              </button>
            )}
          </td>
        </tr>
        {open && (
          <tr className="library-homes">
            <td colSpan={7}>
              <ul>
                {line.homes.map((home) => (
                  <HomeRow key={home.node.id} home={home} lineKey={line.key} usual={line.digest} acts={acts} onLoad={onLoad} />
                ))}
              </ul>
            </td>
          </tr>
        )}
      </tbody>
    );
  },
  ({ line: before, ...was }, { line: after, ...is }) =>
    was.isPinned === is.isPinned &&
    before.lastUsedAt === after.lastUsedAt &&
    before.homes.length === after.homes.length &&
    before.homes.every(({ entry, node }, index) => {
      const next = after.homes[index];
      return next !== undefined && entry === next.entry && node.name === next.node.name && node.can === next.node.can;
    }),
);

/** Kept in the settings and not in this window: the tray shows pinned models first too. */
function PinButton({ model, isPinned }: { readonly model: ModelId; readonly isPinned: boolean }) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const pin = () =>
    void run(() => client.setModelOptions({ model, change: { pinned: !isPinned } }), {
      failed: isPinned ? says.notUnpinned(model) : says.notPinned(model),
    });
  return (
    <button
      type="button"
      className={isPinned ? "icon-button pin pin-on" : "icon-button pin"}
      aria-label={says.pin(model)}
      aria-pressed={isPinned}
      title={isPinned ? says.pinnedHint : says.pinHint}
      disabled={busy}
      onClick={pin}
    >
      <Pin size={14} aria-hidden="true" fill={isPinned ? "currentColor" : "none"} />
    </button>
  );
}

/** Ticks; the row does not. */
const LastUsed = memo(function LastUsed({ at }: { readonly at: number | undefined }) {
  const now = useNow();
  return <span className={at === undefined ? "hint" : undefined}>{at === undefined ? says.unused : age(at, now)}</span>;
});

function some(names: readonly string[]): string {
  const shown = common.list(names.slice(0, namedHomes));
  return names.length > namedHomes ? says.andMore(shown, names.length - namedHomes) : shown;
}

/** "12 models on 8 nodes, 5 in memory". */
export function linesSay(lines: readonly Line[], nodes: number): string {
  const warm = lines.filter(({ warmOn }) => warmOn.length > 0).length;
  return models.summary(lines.length, nodes, warm);
}
