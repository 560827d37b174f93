// What many places say: the verbs of buttons, and sentences with a figure in them.

export const common = {
  cancel: "Cancel",
  close: "Close",
  copied: "Copied",
  save: "Save",
  tryAgain: "Try again",
  undo: "Undo",
  unknown: "unknown",
  /** Facts beside each other; what is empty is left out. */
  list: (parts: readonly string[]) => parts.filter((part) => part !== "").join(", "),
} as const;
