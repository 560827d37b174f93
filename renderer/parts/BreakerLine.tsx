// The breaker when it is not closed: why nothing is sent, for how long, and the button that ends the wait.
import type { Node } from "../../src-core/contract/fleet.ts";
import { useAction, useHome } from "../client/home.ts";
import { useNow } from "../client/ticker.ts";
import { words } from "../language/words.ts";

const { lines, acts } = words.nodes;

export function BreakerLine({ node }: { readonly node: Node }) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const { breaker } = node;
  if (breaker.state === "closed" || !node.enabled) return null;
  const tryNow = () => void run(() => client.tryNow({ node: node.id }), { failed: acts.notTried(node.name) });
  return (
    <div className="breaker">
      <p>{breaker.says}</p>
      <div className="breaker-act">
        {breaker.state === "open" ? <NextTry until={breaker.until} /> : <span>{lines.nextIsTest}</span>}
        {breaker.state === "open" && (
          <button type="button" className="button small" disabled={busy} aria-label={acts.tryNowLabel(node.name)} onClick={tryNow}>
            {acts.tryNow}
          </button>
        )}
      </div>
    </div>
  );
}

function NextTry({ until }: { readonly until: number }) {
  const now = useNow();
  return <span className="figure">{until > now ? lines.nextTry(until, now) : lines.nextIsTest}</span>;
}
