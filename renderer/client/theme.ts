// Light, dark or as the system says. The setting lives in the configuration; this tab remembers it so that the first paint is right.
import type { Config } from "../../src-core/contract/config.ts";

export type Theme = Config["desktop"]["theme"];

const slot = "homeport-theme";

/** `system` leaves the choice to prefers-color-scheme. */
export function applyTheme(theme: Theme): void {
  document.documentElement.dataset["theme"] = theme;
  localStorage.setItem(slot, theme);
}

export function rememberedTheme(): Theme {
  const kept = localStorage.getItem(slot);
  return kept === "light" || kept === "dark" ? kept : "system";
}
