// The control port's key: handed over once in the URL fragment, then kept for this tab only, so that it stays out of history and bookmarks.
const slot = "homeport-token";

function fromFragment(): string | undefined {
  return new URLSearchParams(location.hash.slice(1)).get("token") ?? undefined;
}

/** Reads the key and removes it from the address bar. Undefined where the window was opened without one. */
export function takeToken(): string | undefined {
  const given = fromFragment();
  if (given === undefined) return sessionStorage.getItem(slot) ?? undefined;
  sessionStorage.setItem(slot, given);
  history.replaceState(null, "", `${location.pathname}#/nodes`);
  return given;
}

/** Pasting a fresh address into an open tab changes only the fragment, which loads nothing by itself. */
export function reloadOnNewToken(): void {
  addEventListener("hashchange", () => {
    if (fromFragment() !== undefined) location.reload();
  });
}
