// One second hand for the whole window, so that ages and countdowns move together. It runs only while somebody looks.
import { useSyncExternalStore } from "react";
import { useHome } from "./home.ts";

const tickMs = 1_000;
const watchers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let current = Date.now();

function tick(): void {
  current = Date.now();
  for (const watcher of watchers) watcher();
}

function run(): void {
  clearInterval(timer);
  timer = undefined;
  if (watchers.size === 0 || document.hidden) return;
  tick();
  timer = setInterval(tick, tickMs);
}

function subscribe(watcher: () => void): () => void {
  if (watchers.size === 0) document.addEventListener("visibilitychange", run);
  watchers.add(watcher);
  if (timer === undefined) run();
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    document.removeEventListener("visibilitychange", run);
    run();
  };
}

/** The engine's clock, to the second: renders the caller again once a second while the window is visible. */
export function useNow(): number {
  const { store } = useHome();
  const local = useSyncExternalStore(subscribe, () => current);
  const offsetMs = useSyncExternalStore(store.subscribe, () => store.state().offsetMs);
  // A snapshot may be newer than the last tick; an age must never be negative for that.
  return Math.max(local, store.state().heardAt) + offsetMs;
}
