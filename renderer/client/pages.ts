// Which page is shown, kept in the address (`#/activity`), and the keys that move between pages.
import { useEffect, useSyncExternalStore } from "react";

/** In the order of their keys, which stay as people know them: a new page is added at the end. */
export const pages = ["nodes", "activity", "routing", "settings", "models"] as const;
export type Page = (typeof pages)[number];

function currentPage(): Page {
  const name = location.hash.replace(/^#\//, "").split("/")[0];
  return pages.find((page) => page === name) ?? "nodes";
}

function subscribe(watcher: () => void): () => void {
  addEventListener("hashchange", watcher);
  return () => removeEventListener("hashchange", watcher);
}

export function usePage(): Page {
  return useSyncExternalStore(subscribe, currentPage);
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");

function onKey(event: KeyboardEvent): void {
  if (document.querySelector("dialog[open]") !== null) return;
  const page = pages[Number(event.key) - 1];
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && page !== undefined) {
    event.preventDefault();
    location.hash = `#/${page}`;
  }
  if (event.key === "/" && !isTyping(event.target)) {
    const search = document.querySelector<HTMLElement>("main input[type=search]");
    if (search === null) return;
    event.preventDefault();
    search.focus();
  }
}

/** Ctrl or Cmd with 1 to 5 changes the page; "/" goes to the page's search. A dialog keeps its keys to itself. */
export function usePageKeys(): void {
  useEffect(() => {
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
