// The built window as static files: nothing outside its folder, no script but its own (S-51, S-52). Holds no secret, so it asks for no token.
import { readFile, realpath } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { fail } from "../contract/failure.ts";
import { answerText } from "./answers.ts";
import { refuse } from "./errors.ts";
import type { Visit } from "./visit.ts";

/** What the window may load: itself, and nothing inline. */
export const windowPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const types: ReadonlyMap<string, string> = new Map([
  [".html", "text/html; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".css", "text/css; charset=utf-8"],
  [".json", "application/json; charset=utf-8"],
  [".map", "application/json; charset=utf-8"],
  [".svg", "image/svg+xml"],
  [".png", "image/png"],
  [".ico", "image/x-icon"],
  [".woff2", "font/woff2"],
  [".txt", "text/plain; charset=utf-8"],
]);

const notBuilt = `<!doctype html><html lang="en"><title>Homeport</title><h1>The window is not built yet</h1>
<p>Homeport itself runs. Stop it and start it with <code>npm start</code>, which builds the window, or run
<code>npm run build:renderer</code> and load this page again.</p></html>
`;

/** Answers a GET or HEAD with a file of `folder`, or says how to build it. */
export async function answerFile(visit: Visit, folder: string | undefined): Promise<void> {
  visit.extraHeaders = {
    ...visit.extraHeaders,
    "content-security-policy": windowPolicy,
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
  };
  const { path } = visit;
  const asked = path === "/" ? "/index.html" : path;
  const bytes = folder === undefined ? undefined : await fileIn(folder, asked);
  const type = types.get(extname(asked));
  if (bytes !== undefined && type !== undefined) {
    visit.head(200, { "content-type": type });
    visit.end(bytes);
  } else if (path === "/") answerText(visit, notBuilt, "text/html; charset=utf-8");
  else refuse(visit, fail("not-found", `There is no file ${path.slice(0, 200)} in the window.`));
}

/** The file's bytes. Undefined for anything that is not a plain file inside the folder, wherever links and dots may lead. */
async function fileIn(folder: string, path: string): Promise<Buffer | undefined> {
  // The build names its files with these letters only, so nothing needs decoding and nothing encoded can hide.
  if (!/^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/.test(path)) return undefined;
  try {
    const root = await realpath(folder);
    const file = await realpath(join(root, path));
    return file.startsWith(root + sep) ? await readFile(file) : undefined;
  } catch {
    return undefined;
  }
}
