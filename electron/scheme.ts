// Our own address, app://homeport/, under which the built window is served from its folder and from nowhere else (S-51, S-52).
import { realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { code } from "./language/code.ts";

export const scheme = "app";
export const windowUrl = `${scheme}://homeport/`;

/** True for a page of ours. Node gives our scheme no origin, so its parts are compared. */
export function isOurs(url: string): boolean {
  const parsed = URL.parse(url);
  return (
    parsed !== null && parsed.protocol === `${scheme}:` && parsed.host === "homeport" && parsed.username === "" && parsed.password === ""
  );
}

/** No inline code or style, nothing from elsewhere, no frames; data comes by IPC. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  code`img-src 'self' data:`,
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".json": "application/json",
};

const safety = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
} as const;

const nothing = () => new Response(code`Not found`, { status: 404, headers: { ...safety, "content-type": "text/plain; charset=utf-8" } });

/** Serves the files under `folder`. Anything else, by whatever spelling, is 404. */
export function serveFolder(folder: string): (request: Pick<Request, "method" | "url">) => Promise<Response> {
  const root = realpathSync(folder);
  return async (request) => {
    const file = isOurs(request.url) && request.method === "GET" ? fileOf(root, request.url) : undefined;
    const type = file === undefined ? undefined : types[extname(file)];
    if (file === undefined || type === undefined) return nothing();
    try {
      // A link inside the folder must not lead out of it either.
      if (!realpathSync(file).startsWith(root + sep)) return nothing();
      return new Response(await readFile(file), { headers: { ...safety, "content-type": type } });
    } catch {
      return nothing();
    }
  };
}

/** The file an address means; undefined where it holds anything but plain names. */
function fileOf(root: string, url: string): string | undefined {
  const path = new URL(url).pathname;
  if (path === "/" || path === "") return join(root, "index.html");
  const names = path.slice(1).split("/");
  return names.every((name) => /^[\w-][\w.-]*$/.test(name)) ? join(root, ...names) : undefined;
}
