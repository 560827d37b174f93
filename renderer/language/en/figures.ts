// The words within figures: units, and what stands where there is none. This file imports nothing, since format.ts speaks through it.

export const figures = {
  unknown: "unknown",
  never: "never",
  justNow: "just now",
  ago: (length: string) => `${length} ago`,
  /** Counted by us instead of told. */
  estimated: (figure: string) => `~${figure}`,
  percent: (figure: string) => `${figure} %`,
  below: (figure: string) => `< ${figure}`,
  under: (money: string) => `under ${money}`,
  kilobytes: (figure: string) => `${figure} kB`,
  megabytes: (figure: string) => `${figure} MB`,
  gigabytes: (figure: string) => `${figure} GB`,
  milliseconds: (figure: string) => `${figure} ms`,
  seconds: (figure: string) => `${figure} s`,
  minutes: (figure: string) => `${figure} min`,
  hours: (figure: string) => `${figure} h`,
  hoursAndMinutes: (hours: string, minutes: string) => `${hours} h ${minutes} min`,
  days: (figure: string) => `${figure} d`,
  thousands: (figure: string) => `${figure}k`,
  tokensPerSecond: (figure: string) => `${figure} tok/s`,
  tokensIn: (figure: string) => `${figure} in`,
  tokensOut: (figure: string) => `${figure} out`,
  list: (parts: readonly string[]) => parts.join(", "),
  wattHours: (figure: string) => `${figure} Wh`,
  kilowattHours: (figure: string) => `${figure} kWh`,
} as const;
