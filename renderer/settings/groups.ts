// The groups of the settings, each with an address of its own (`#/settings/network`).
import { useSyncExternalStore } from "react";

export const groups = ["general", "network", "nodes", "routing", "privacy", "notifications", "keys", "advanced"] as const;
export type Group = (typeof groups)[number];

/** The group an address names; the first where it names none. */
export function groupIn(hash: string): Group {
  const name = hash.replace(/^#\//, "").split("/")[1];
  return groups.find((group) => group === name) ?? "general";
}

function subscribe(watcher: () => void): () => void {
  addEventListener("hashchange", watcher);
  return () => removeEventListener("hashchange", watcher);
}

export function useGroup(): Group {
  return groupIn(useSyncExternalStore(subscribe, () => location.hash));
}
