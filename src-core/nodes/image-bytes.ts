// What kind of picture some bytes are, by how they begin: a server's word alone is not taken for it.

/** The media type of a PNG, JPEG, GIF or WebP; undefined for anything else. */
export function mediaTypeOf(bytes: Buffer): string | undefined {
  const beginning = bytes.toString("latin1", 0, 12);
  if (beginning.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (beginning.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (/^GIF8[79]a/.test(beginning)) return "image/gif";
  return beginning.startsWith("RIFF") && beginning.startsWith("WEBP", 8) ? "image/webp" : undefined;
}
