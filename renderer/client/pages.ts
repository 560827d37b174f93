// Which page is shown, kept in the address (`#/activity`), and the keys that move between pages.
import { useEffect, useSyncExternalStore } from "react";
import { words } from "../language/words.ts";

/** In the order of the tabs and of their keys: Ctrl or Cmd with 1 for the first. */
export const pages = ["nodes", "models", "activity", "routing", "usage", "connect", "settings"] as const;
export type Page = (typeof pages)[number];

export const pageTitles: Readonly<Record<Page, string>> = words.frame.pages;

/** The key that is held with another, as the keyboard names it. */
export const modifier = /^Mac|^iP/.test(navigator.platform) ? words.frame.keyNames.command : words.frame.keyNames.control;

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

/** Whether a letter typed there is text. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");

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

/** Ctrl or Cmd with a figure changes the page; "/" goes to the page's search. A dialog keeps its keys to itself. */
export function usePageKeys(): void {
  useEffect(() => {
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
