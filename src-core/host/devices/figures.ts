// Figures as tools write them: numbers with or without a unit, and many words for "I cannot tell".

/** A number at the beginning of a text ("24576", "44.0", "12 %", "1024 MiB"), or undefined for "[N/A]", "ERR!", "Not Supported" and the like. */
export function figureIn(text: string | undefined): number | undefined {
  const found = /^\s*(-?\d+(?:\.\d+)?)\s*[A-Za-z%°]{0,6}\s*$/.exec(text ?? "");
  return found?.[1] === undefined ? undefined : Number(found[1]);
}

/** The same, where less than nothing cannot be. */
export function amountIn(text: string | undefined): number | undefined {
  const figure = figureIn(text);
  return figure === undefined || figure < 0 ? undefined : figure;
}

/** A share in percent; what is outside of it is no measurement. */
export function percentIn(text: string | undefined): number | undefined {
  const figure = amountIn(text);
  return figure === undefined || figure > 100 ? undefined : figure;
}

/** Degrees. Some sensors that cannot be read say 0 or 65535 / 1000. */
export function degreesIn(text: string | undefined): number | undefined {
  const figure = figureIn(text);
  return figure === undefined || figure <= 0 || figure > 150 ? undefined : figure;
}

/** The given fields that are known: an unknown one is left out rather than set to undefined. */
export function known<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.assign({}, ...Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [{ [key]: value }])));
}
