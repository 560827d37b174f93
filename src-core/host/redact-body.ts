// Takes keys out of a request or an answer that a person looks at (S-81, S-82): our own by their value, others by the name of their field or by
// how they look. It stays readable otherwise; a JSON text stays one, and half of one is no exception.
import { hidden, isSecretName, redactText } from "./redact.ts";

/** Shorter ones are found by chance in any text. */
const shortestSecret = 8;

/** A field with a text: `"name": "…"`. The text may end with the text it is in. */
const namedText = /"([^"\\\n]{1,64})"(\s*:\s*)"[^"\\]*(?:\\[\s\S][^"\\]*)*("|\\?$)/g;
const textOrRest = /"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|\\?$)|[^"]+/g;
/** In answers a piece of the text, with its likelihood; no key is called only that. */
const pieceOfText = "token";

/** `secrets`: the values of all keys that the house has. */
export function redactBody(text: string, secrets: readonly string[]): string {
  const own = [...new Set(secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]))]
    .filter(({ length }) => length >= shortestSecret)
    // A key that holds another one goes first, or its ends would stay.
    .sort((one, other) => other.length - one.length);
  const without = own.reduce((rest, secret) => rest.replaceAll(secret, hidden), text);
  return (
    without
      .replace(namedText, (whole, name: string, colon: string, end: string) =>
        name !== pieceOfText && isSecretName(name) ? `"${name}"${colon}"${hidden}${end}` : whole,
      )
      // Text by text: what looks like a secret may not reach over a quotation mark.
      .replace(textOrRest, redactText)
  );
}
