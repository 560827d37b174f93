// What happened on a node and how quickly it answers, read again when the node changed, but not more often than `restMs`. Nothing is asked while nobody
// looks; what was read last stays while the line is down.
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { Failure } from "../../src-core/contract/failure.ts";
import type { Node } from "../../src-core/contract/fleet.ts";
import type { NodeLogPage, NodeTopic } from "../../src-core/contract/node-log.ts";
import { useConnected, useHome } from "./home.ts";

interface Wish {
  readonly limit: number;
  readonly about?: NodeTopic | undefined;
  readonly restMs: number;
  /** Somebody looks. */
  readonly wanted: boolean;
}

/** A page and the wish it answers: `limit` and `about` may have moved on since. `at`: by the engine's clock. */
export interface NodeLogRead {
  readonly page: NodeLogPage;
  readonly about: NodeTopic | undefined;
  readonly at: number;
}

export function useNodeLog(
  node: Node,
  { limit, about, restMs, wanted }: Wish,
): { readonly read: NodeLogRead | undefined; readonly failure: Failure | undefined; readonly again: () => void } {
  const { client, store } = useHome();
  const connected = useConnected();
  const [read, setRead] = useState<NodeLogRead>();
  const [failure, setFailure] = useState<Failure>();
  const [asked, setAsked] = useState(0);
  const again = useCallback(() => setAsked((count) => count + 1), []);
  const last = useRef({ at: 0, wish: "" });
  const { id } = node;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the node itself only says when to read again
  useEffect(() => {
    if (!connected || !wanted) return;
    const wish = `${id} ${limit} ${about} ${asked}`;
    const restLeftMs = last.current.wish === wish ? last.current.at + restMs - performance.now() : 0;
    const timer = setTimeout(async () => {
      last.current = { at: performance.now(), wish };
      const reply = await client.nodeLog({ node: id, limit, ...(about === undefined ? {} : { about }) });
      if (last.current.wish !== wish) return;
      setFailure(reply.ok ? undefined : reply.failure);
      if (reply.ok) setRead({ page: reply.output, about, at: Date.now() + store.state().offsetMs });
    }, restLeftMs);
    return () => clearTimeout(timer);
  }, [client, store, connected, wanted, node, id, limit, about, asked, restMs]);
  return { read, failure, again };
}

/** Who scrolls by does not look. */
const lookMs = 300;

/** Whether the element is in sight, and has been for a moment: a house may have 150 nodes. */
export function useInSight(at: RefObject<Element | null>): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (at.current === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new IntersectionObserver((entries) => {
      const isSeen = entries.at(-1)?.isIntersecting === true;
      clearTimeout(timer);
      if (isSeen) timer = setTimeout(() => setSeen(true), lookMs);
      else setSeen(false);
    });
    observer.observe(at.current);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [at]);
  return seen;
}
