// Models on their way to nodes: one row each, with the node's own figures. They go on when this window closes.
import { RotateCcw, X } from "lucide-react";
import { memo } from "react";
import type { Node } from "../../src-core/contract/fleet.ts";
import type { Pull } from "../../src-core/contract/pulls.ts";
import { words } from "../language/words.ts";
import { percent, pullSays } from "./pull-words.ts";
import type { ModelFileActs } from "./use-model-files.tsx";

const { common, fetching } = words;

interface FetchesProps {
  readonly pulls: Readonly<Record<string, Pull>>;
  readonly nodes: Readonly<Record<string, Node>>;
  readonly acts: ModelFileActs;
}

export function Fetches({ pulls, nodes, acts }: FetchesProps) {
  const all = Object.entries(pulls);
  if (all.length === 0) return null;
  return (
    <section className="fetches" aria-label={fetching.underWay}>
      <ul>
        {all.map(([key, pull]) => (
          <FetchRow key={key} pull={pull} nodeName={nodes[pull.node]?.name ?? pull.node} acts={acts} />
        ))}
      </ul>
    </section>
  );
}

interface FetchRowProps {
  readonly pull: Pull;
  readonly nodeName: string;
  readonly acts: ModelFileActs;
}

const FetchRow = memo(
  function FetchRow({ pull, nodeName, acts }: FetchRowProps) {
    const { node, model, fraction } = pull;
    const isFailed = pull.state === "failed";
    const says = pullSays(pull);
    return (
      <li className={isFailed ? "fetch fetch-failed" : "fetch"} data-fetch={`${node}/${model}`}>
        <div className="model-name">
          <strong>{model}</strong>
          <span className="hint">{fetching.to(nodeName)}</span>
        </div>
        <div className="progress">
          {!isFailed && (
            <progress
              max={1}
              {...(fraction === undefined ? {} : { value: fraction })}
              aria-label={fetching.bar(model, nodeName)}
              aria-valuetext={`${percent(pull)} ${says}`.trim()}
            />
          )}
          <span className={isFailed ? "progress-says overdue" : "progress-says"} role={isFailed ? "alert" : undefined}>
            {isFailed ? says : common.list([percent(pull), says])}
          </span>
        </div>
        <div className="fetch-acts">
          {isFailed && (
            <button
              type="button"
              className="icon-button"
              aria-label={fetching.again(model, nodeName)}
              title={common.tryAgain}
              onClick={() => acts.pull([node], model)}
            >
              <RotateCcw size={15} aria-hidden="true" />
            </button>
          )}
          <button
            type="button"
            className="icon-button"
            aria-label={isFailed ? fetching.dismiss(model, nodeName) : fetching.stop(model, nodeName)}
            title={isFailed ? fetching.dismissHint : fetching.stopHint}
            onClick={() => acts.stop(node, model)}
          >
            <X size={15} aria-hidden="true" />
          </button>
        </div>
      </li>
    );
  },
  // Acts are made anew with every render and always do the same.
  (before, after) => before.pull === after.pull && before.nodeName === after.nodeName,
);
