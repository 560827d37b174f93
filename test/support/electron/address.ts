// Chromium outside Electron does not know our scheme, so a page of app://host/ is shown under a stand-in https address and told apart again here.
const suffix = ".app-scheme.invalid";

/** app://homeport/x → https://homeport.app-scheme.invalid/x; anything else as it is. */
export function toPage(url: string): string {
  return url.replace(/^app:\/\/([^/?#]+)/, `https://$1${suffix}`);
}

/** The reverse. */
export function fromPage(url: string): string {
  return url.replace(/^https:\/\/([^/?#]+)\.app-scheme\.invalid(?=[/?#]|$)/, "app://$1");
}
