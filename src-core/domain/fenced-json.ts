// The JSON in an answer (source-systems.md 3.3): all of it, else the first object or list inside a fenced block, found by scanning brackets
// with an eye for strings and escapes, so that nested braces and fences quoted in strings do not end it early (3.6).

/** A text with more beginnings of values than this that turn out to be none is given up. */
const mostBeginnings = 32;

/** The value, or undefined where the text holds none. Prose around JSON counts only where the JSON is fenced. */
export function jsonIn(text: string): { readonly value: unknown } | undefined {
  const whole = parse(text);
  if (whole !== undefined) return whole;
  let begun = 0;
  for (let block = nextFence(text, 0); block !== undefined; ) {
    let at = block.inside;
    let close = closing(text, at, block.mark);
    for (let open = opening(text, at); open >= 0 && open < close && begun < mostBeginnings; open = opening(text, at)) {
      begun += 1;
      const end = afterValue(text, open);
      const found = end < 0 ? undefined : parse(text.slice(open, end));
      if (found !== undefined) return found;
      at = end < 0 ? open + 1 : end;
      close = Math.max(close, at);
    }
    block = begun < mostBeginnings ? nextFence(text, close + block.mark.length) : undefined;
  }
  return undefined;
}

interface Fence {
  /** Three or more of the same sign. */
  readonly mark: string;
  readonly inside: number;
}

function nextFence(text: string, from: number): Fence | undefined {
  const fence = /(?:^|\n)[ \t]*(`{3,}|~{3,})/g;
  fence.lastIndex = from;
  const mark = fence.exec(text)?.[1];
  return mark === undefined ? undefined : { mark, inside: fence.lastIndex };
}

/** Where the block ends; at the end of the text where it is not closed, as in an answer that was cut. */
function closing(text: string, from: number, mark: string): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at;
}

function opening(text: string, from: number): number {
  for (let at = from; at < text.length; at++) if (text[at] === "{" || text[at] === "[") return at;
  return -1;
}

/** The index after the bracket that closes the one at `open`; -1 if none does. */
function afterValue(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    switch (text[at]) {
      case '"':
        at = closingQuote(text, at);
        if (at < 0) return -1;
        break;
      case "{":
      case "[":
        depth += 1;
        break;
      case "}":
      case "]":
        depth -= 1;
        if (depth === 0) return at + 1;
        break;
      default:
    }
  }
  return -1;
}

function closingQuote(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at;
  }
  return -1;
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
