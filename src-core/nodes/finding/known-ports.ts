// The ports on which model servers usually listen (apis.md 11), the likeliest first, so that a search finds most of them early.

export const knownPorts: readonly number[] = [
  11434, 1234, 8080, 8000, 13131, 9931, 5800, 4000, 40114, 12434, 31313, 52415, 1337, 13305, 11400, 11435,
];
