// Most frames of a stream differ from the one before in their text only. Once such a frame was parsed, the next of its kind is read by comparing
// what stands around the text, which costs a twentieth of parsing it. Anything else is no match, and is parsed.

/** Around the text of the frame last parsed. A text with a quote or a backslash is never read this way. */
export class TextPattern {
  readonly #keys: readonly string[];
  #before = "";
  #after = "";

  /** `keys`: under which the text may stand, as they are in JSON, with the quote that opens the text. */
  constructor(keys: readonly string[]) {
    this.#keys = keys;
  }

  /** The text of a frame that is otherwise equal to the one learnt; undefined for all others. */
  textIn(frame: string): string | undefined {
    const before = this.#before;
    const end = frame.length - this.#after.length;
    if (before === "" || end <= before.length) return undefined;
    // Cut and compared: the engine compares equal lengths by the word, which startsWith does not.
    if (frame.slice(end) !== this.#after || frame.slice(0, before.length) !== before) return undefined;
    const text = frame.slice(before.length, end);
    return isPlain(text) ? text : undefined;
  }

  /** Learns a frame that was parsed and said nothing but this text. Learns nothing where the text could stand in two places. */
  learn(frame: string, text: string): void {
    this.#before = "";
    const found = this.#keys.filter((key) => frame.includes(key));
    const [key] = found;
    if (key === undefined || found.length > 1 || !isPlain(text)) return;
    const start = frame.indexOf(key) + key.length;
    if (frame.indexOf(key, start) >= 0 || frame.includes("\n") || !frame.startsWith(`${text}"`, start)) return;
    this.#before = frame.slice(0, start);
    this.#after = frame.slice(start + text.length);
  }
}

/** Letters that stand in JSON as they are; control characters do not, and a line break would end the frame's line. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0x22 || unit === 0x5c || unit < 0x20) return false;
  }
  return true;
}
