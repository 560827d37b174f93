// What was last done from the palette, kept for this window only: ids, never what was typed.
const slot = "homeport-recent-commands";
const mostKept = 6;

/** Newest first. Anything else that lies there is nothing. */
export function recentCommands(): readonly string[] {
  const kept = localStorage.getItem(slot);
  return kept === null ? [] : kept.split("\n").slice(0, mostKept);
}

export function rememberCommand(id: string): void {
  const others = recentCommands().filter((one) => one !== id);
  localStorage.setItem(slot, [id, ...others].slice(0, mostKept).join("\n"));
}
