// A load under way. The bar says whose figure it shows: the node's own, or our estimate from past loads (UX-25, UX-26).
import { memo } from "react";
import type { Load } from "../../src-core/contract/fleet.ts";
import { loadBar } from "../../src-core/contract/progress.ts";
import { useAction, useHome } from "../client/home.ts";
import { useNow } from "../client/ticker.ts";
import { bytes } from "../format.ts";
import { words } from "../language/words.ts";
import { loadSays } from "../load-says.ts";
import { LateLoad } from "./LateLoad.tsx";

const { load: say } = words.nodeModels;

export const LoadRow = memo(function LoadRow({ load, nodeName }: { readonly load: Load; readonly nodeName: string }) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const now = useNow();
  const bar = loadBar(load, now);
  const says = loadSays(load, bar, now);
  const { waiters } = load;
  const cancel = () =>
    void run(() => client.cancelLoad({ node: load.node, model: load.model }), {
      failed: say.notCancelled(load.model),
      ...(waiters > 0 ? { done: say.cancelled(load.model, waiters) } : {}),
    });
  const source = bar.source === "unknown" ? undefined : say.sources[bar.source];
  return (
    <li className="model" data-loading={load.model}>
      <div className="model-name">
        <strong>{load.model}</strong>
        <span className="hint">{load.bytes === undefined ? "" : bytes(load.bytes)}</span>
      </div>
      <div className={`progress progress-${bar.source}`}>
        <progress
          max={1}
          {...(bar.fraction === undefined ? {} : { value: bar.fraction })}
          aria-label={say.label(load.model, nodeName)}
          aria-valuetext={say.progress(says, source)}
        />
        <span className={bar.overdue ? "progress-says overdue" : "progress-says"}>
          {says}
          {source !== undefined && <span className="badge">{source}</span>}
          <span className="hint">{waiters > 0 ? say.waiting(waiters) : load.by === "user" ? say.byUser : ""}</span>
        </span>
        {bar.overdue && <LateLoad load={load} nodeName={nodeName} />}
      </div>
      <button
        type="button"
        className="button small"
        aria-label={say.cancelLabel(load.model, nodeName, waiters)}
        title={waiters > 0 ? say.cancelTitle(waiters) : undefined}
        disabled={busy}
        onClick={cancel}
      >
        {words.common.cancel}
      </button>
    </li>
  );
});
