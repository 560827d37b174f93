// Addresses and ids as people type them, made into what the engine takes.

/** "studio.lan:11434" → "http://studio.lan:11434". */
export function withScheme(typed: string): string {
  const trimmed = typed.trim().replace(/\/+$/, "");
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
}

/** The host's first name: "studio" from "http://studio.lan:11434"; an address in numbers stays whole. */
export function hostOf(url: string): string {
  const host = URL.canParse(url) ? new URL(url).hostname : "";
  return /^[\d.]+$|^\[/.test(host) ? host : (host.split(".")[0] ?? host);
}

/** An id with the letters that ids may have, not yet taken: "My studio" → "my-studio", then "my-studio-2". */
export function nodeIdFrom(name: string, taken: readonly string[]): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+|-+$/g, "")
    .slice(0, 60);
  const base = plain === "" ? "node" : plain;
  const used = new Set(taken.map((id) => id.toLowerCase()));
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!used.has(id)) return id;
  }
}
