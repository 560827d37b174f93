// Every app of the page in the order it is shown, and how the search finds one.
import { words } from "../language/words.ts";
import { codeApps } from "./code-apps.ts";
import { deskApps } from "./desk-apps.ts";
import type { App } from "./snippet.ts";

export const apps: readonly App[] = [...codeApps, ...deskApps];

/** True where every word of the search is in what is shown of the app. `wanted` in lower case. */
export function matchesApp({ id }: App, wanted: string): boolean {
  const { name, about } = words.connect.apps[id];
  const text = `${name} ${about} ${id}`.toLowerCase();
  return wanted.split(/\s+/).every((word) => text.includes(word));
}
