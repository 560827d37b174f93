// A load under way. The bar says whose figure it shows: the node's own, or our estimate from past loads (UX-25, UX-26).
import { memo } from "react";
import type { Load } from "../../src-core/contract/fleet.ts";
import { loadBar } from "../../src-core/contract/progress.ts";
import { useAction, useHome } from "../client/home.ts";
import { useNow } from "../client/ticker.ts";
import { bytes, count } from "../format.ts";

const sourceSays = { node: "reported by node", measured: "measured", estimate: "estimate", unknown: "" } as const;

export const LoadRow = memo(function LoadRow({ load, nodeName }: { readonly load: Load; readonly nodeName: string }) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const bar = loadBar(load, useNow());
  // Who waits is not sent elsewhere, but told that it was cancelled: said before and after (UX-29).
  const waiting = load.waiters > 0 ? count(load.waiters, "waiting request") : undefined;
  const cancel = () =>
    void run(() => client.cancelLoad({ node: load.node, model: load.model }), {
      failed: `The load of ${load.model} goes on`,
      ...(waiting === undefined ? {} : { done: `${load.model} is not loaded; ${waiting} ended with it` }),
    });
  // An estimate's own words end in "(estimate)"; the label beside the bar says it already.
  const says = bar.says.replace(/ \(estimate\)$/, "");
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
          aria-label={`Loading ${load.model} on ${nodeName}`}
          aria-valuetext={`${says}${bar.source === "unknown" ? "" : `, ${sourceSays[bar.source]}`}`}
        />
        <span className={bar.overdue ? "progress-says overdue" : "progress-says"}>
          {says}
          {bar.source !== "unknown" && <span className="badge">{sourceSays[bar.source]}</span>}
          <span className="hint">
            {load.waiters > 0 ? `${count(load.waiters, "request")} waiting` : load.by === "user" ? "asked for by you" : ""}
          </span>
        </span>
      </div>
      <button
        type="button"
        className="button small"
        aria-label={`Cancel loading ${load.model} on ${nodeName}${waiting === undefined ? "" : ` and ${waiting}`}`}
        title={waiting === undefined ? undefined : `Ends ${waiting} too`}
        disabled={busy}
        onClick={cancel}
      >
        Cancel
      </button>
    </li>
  );
});
