// What every part of the window can reach: the typed client, the store and the toasts. Set once in main.tsx.
import { createContext, useCallback, useContext, useState, useSyncExternalStore } from "react";
import type { Client, Reply, Snapshot } from "../../src-core/contract/api.ts";
import type { RequestRow } from "../../src-core/contract/route.ts";
import type { WindowState, WindowStore } from "./store.ts";
import type { ToastBox } from "./toasts.ts";

export interface Home {
  readonly client: Client;
  readonly store: WindowStore;
  readonly toasts: ToastBox;
}

export const HomeContext = createContext<Home | undefined>(undefined);

/** Throws outside the provider: that is a bug, not a state. */
export function useHome(): Home {
  const home = useContext(HomeContext);
  if (home === undefined) throw new Error("useHome outside of HomeContext");
  return home;
}

export function useWindowState(): WindowState {
  const { store } = useHome();
  return useSyncExternalStore(store.subscribe, store.state);
}

export const SnapshotContext = createContext<Snapshot | undefined>(undefined);

/** The last snapshot. Only for parts that are shown once there is one. */
export function useSnapshot(): Snapshot {
  const snapshot = useContext(SnapshotContext);
  if (snapshot === undefined) throw new Error("useSnapshot before the first snapshot");
  return snapshot;
}

/** Whether the engine answers. Renders the caller again only when that changed. */
export function useConnected(): boolean {
  const { store } = useHome();
  return useSyncExternalStore(store.subscribe, () => store.state().line.state === "connected");
}

/** Who waits for which model. Renders the caller again only when that changed, and not with every snapshot. */
export function useQueues(): Snapshot["queues"] {
  const { store } = useHome();
  return useSyncExternalStore(store.subscribe, () => store.state().snapshot?.queues);
}

export function useActivity(): readonly RequestRow[] {
  const { store } = useHome();
  return useSyncExternalStore(store.subscribe, store.activity);
}

/** Runs a call, says what went wrong in a toast, and tells whether it is under way. `failed` is the title of that toast. */
export function useAction(): {
  readonly busy: boolean;
  readonly run: <T>(call: () => Promise<Reply<T>>, words: { readonly failed: string; readonly done?: string }) => Promise<Reply<T>>;
} {
  const { toasts } = useHome();
  const [running, setRunning] = useState(0);
  const run = useCallback(
    async <T>(call: () => Promise<Reply<T>>, words: { readonly failed: string; readonly done?: string }) => {
      setRunning((count) => count + 1);
      const reply = await call();
      setRunning((count) => count - 1);
      if (!reply.ok) toasts.push({ tone: "error", title: words.failed, body: reply.failure.message });
      else if (words.done !== undefined) toasts.push({ tone: "ok", title: words.done });
      return reply;
    },
    [toasts],
  );
  return { busy: running > 0, run };
}
