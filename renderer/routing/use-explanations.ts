// Keeps the answers to one question fresh: asked again when the fleet changed, at most once a second, and only while somebody looks. The last
// answers stand until new ones are complete, so that nothing flickers.
import { useEffect, useRef, useState } from "react";
import type { MethodInput, Reply } from "../../src-core/contract/api.ts";
import type { Failure } from "../../src-core/contract/failure.ts";
import type { Explanation } from "../../src-core/contract/route.ts";
import { useHome, useSnapshot } from "../client/home.ts";

export const refreshMs = 1_000;
/** Typing settles for so long before a new question is asked; the first one is asked at once. */
const typingMs = 150;

/** One answer: the explanation, or why there is none. */
export type Told = { readonly explanation: Explanation } | { readonly failure: Failure };

/** `key` is the question these answers belong to; `byPolicy[""]` is the configured policy's. */
export interface Answers {
  readonly key: string;
  readonly byPolicy: Readonly<Record<string, Told>>;
}

export type Input = MethodInput<"explain">;

/** The answers under the configured policy and under each of `policies`; undefined until the first came. */
export function useExplanations(input: Input | undefined, policies: readonly string[]): Answers | undefined {
  const { client } = useHome();
  const { version } = useSnapshot();
  const [answers, setAnswers] = useState<Answers>();
  const askedAt = useRef(Number.NEGATIVE_INFINITY);
  const askedKey = useRef("");
  const key = input === undefined ? "" : JSON.stringify([input, policies]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for input and policies by value; `version` is when to ask again
  useEffect(() => {
    if (input === undefined) return;
    const ask = async () => {
      askedAt.current = performance.now();
      askedKey.current = key;
      const replies = await Promise.all(["", ...policies].map((policy) => client.explain(policy === "" ? input : { ...input, policy })));
      // A newer snapshot does not make an answer worthless; another question does.
      if (askedKey.current === key) setAnswers({ key, byPolicy: byPolicy(policies, replies) });
    };
    const sinceMs = performance.now() - askedAt.current;
    const waitMs = askedKey.current === key ? Math.max(0, refreshMs - sinceMs) : askedKey.current === "" ? 0 : typingMs;
    const timer = setTimeout(() => {
      if (!document.hidden || askedKey.current !== key) void ask();
    }, waitMs);
    return () => clearTimeout(timer);
  }, [client, key, version]);
  return input === undefined ? undefined : answers;
}

function byPolicy(policies: readonly string[], replies: readonly Reply<Explanation>[]): Answers["byPolicy"] {
  return Object.fromEntries(
    replies.map((reply, at) => [
      at === 0 ? "" : (policies[at - 1] ?? ""),
      reply.ok ? { explanation: reply.output } : { failure: reply.failure },
    ]),
  );
}
