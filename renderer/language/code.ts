// Marks text that a person copies and no language changes: commands, settings, addresses.

/** The text as it stands. */
export function code(strings: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return strings.reduce((text, piece, at) => text + String(values[at - 1]) + piece);
}
