// The breaker when it is not closed: why nothing is sent, for how long, and the button that ends the wait.
import type { Node } from "../../src-core/contract/fleet.ts";
import { useAction, useHome } from "../client/home.ts";
import { useNow } from "../client/ticker.ts";
import { countdown } from "../format.ts";

export function BreakerLine({ node }: { readonly node: Node }) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const { breaker } = node;
  if (breaker.state === "closed" || !node.enabled) return null;
  const tryNow = () => void run(() => client.tryNow({ node: node.id }), { failed: `${node.name} was not tried` });
  return (
    <div className="breaker">
      <p>{breaker.says}</p>
      <div className="breaker-act">
        {breaker.state === "open" ? <NextTry until={breaker.until} /> : <span>The next request is the test.</span>}
        {breaker.state === "open" && (
          <button type="button" className="button small" disabled={busy} aria-label={`Try now: ${node.name}`} onClick={tryNow}>
            Try now
          </button>
        )}
      </div>
    </div>
  );
}

function NextTry({ until }: { readonly until: number }) {
  const now = useNow();
  return <span className="figure">{until > now ? `Next try in ${countdown(until, now)}` : "The next request is the test."}</span>;
}
