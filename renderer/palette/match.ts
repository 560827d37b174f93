// Which commands fit what was typed: its letters in their order, and the better the more of them begin a word or follow each other.

/** Undefined where it does not fit; higher fits better. Case and spaces between words do not count. */
export function fitOf(text: string, typed: string): number | undefined {
  const wanted = typed.toLowerCase().replace(/\s+/g, "");
  if (wanted === "") return 0;
  const said = text.toLowerCase();
  const whole = said.indexOf(typed.trim().toLowerCase());
  // What stands there as it was typed comes before letters picked from here and there.
  if (whole >= 0) return 10_000 - whole - said.length / 100 + (startsWord(said, whole) ? 1_000 : 0);
  let score = 0;
  let at = -1;
  for (const letter of wanted) {
    const next = nextOf(said, letter, at + 1);
    if (next < 0) return undefined;
    score += next === at + 1 ? 8 : startsWord(said, next) ? 6 : -Math.min(4, next - at);
    at = next;
  }
  return score - said.length / 100;
}

const startsWord = (text: string, at: number): boolean => at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? "");

/** The letter right here, else where it begins a word, else wherever it comes next. */
function nextOf(text: string, letter: string, from: number): number {
  if (text[from] === letter) return from;
  for (let at = text.indexOf(letter, from); at >= 0; at = text.indexOf(letter, at + 1)) if (startsWord(text, at)) return at;
  return text.indexOf(letter, from);
}
