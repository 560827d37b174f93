// What stands between a person and what a page reads by itself. What is read, each page says in whole sentences of its own.

const sentences = (...all: readonly (string | undefined)[]) => all.filter((sentence) => sentence !== undefined).join(" ");

export const standing = {
  /** `known`: of when it is what is shown, a sentence. */
  silent: (known: string | undefined) => sentences("Homeport is not answering.", known),
  failed: (unread: string, because: string, known: string | undefined) => sentences(unread, because, known),
} as const;
