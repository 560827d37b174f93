// Marks text that no language changes: what machines read, and commands that a person copies. The window has the same mark of its own.

/** The text as it stands. */
export function code(strings: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return String.raw({ raw: strings }, ...values);
}
