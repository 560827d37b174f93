// A length of time in a sentence.

/** "under a second", "12 s", "4 min", "3 h", "2 d". */
export function lasting(ms: number): string {
  if (ms < 1_000) return "under a second";
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`;
}
