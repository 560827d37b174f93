// Hands a text to the browser as a file. The desktop app's window may download nothing (S-53): there a text is copied instead.

/** `type`: its media type, like "text/csv". */
export function download(text: string, name: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the text by the time it comes back to us.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
