// How Ollama reads names and lengths of time: case-insensitive names with `:latest` understood, Go's durations for keep_alive.
import type { SimulatedModel } from "./options.ts";

/** The name as Ollama files it: `tiny-a` is `tiny-a:latest`. */
export function filedName(name: string): string {
  const tail = name.slice(name.lastIndexOf("/") + 1);
  return tail.includes(":") ? name : `${name}:latest`;
}

/** The model meant by a client's spelling. */
export function findFiled(models: readonly SimulatedModel[], asked: string): SimulatedModel | undefined {
  const wanted = filedName(asked).toLowerCase();
  return models.find((model) => filedName(model.name).toLowerCase() === wanted);
}

const unitMs: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `keep_alive` in milliseconds; null stays for ever; `{ error }` is Ollama's own text. Undefined: not given. */
export function keepAliveMs(given: string | number | null | undefined): number | null | undefined | { readonly error: string } {
  if (given === undefined || given === null) return undefined;
  if (typeof given === "number") return given < 0 ? null : given * 1000;
  if (given === "0") return 0;
  const parts = [...given.matchAll(/([0-9]*\.?[0-9]+)(ns|us|µs|ms|s|m|h)/g)];
  const whole = parts.map((part) => part[0]).join("");
  if (parts.length === 0 || whole !== given.replace(/^[-+]/, "")) {
    const missingUnit = /^[-+]?[0-9]*\.?[0-9]+$/.test(given);
    return { error: `time: ${missingUnit ? "missing unit in" : "invalid"} duration ${JSON.stringify(given)}` };
  }
  if (given.startsWith("-")) return null;
  return parts.reduce((sum, part) => sum + Number(part[1]) * (unitMs[part[2] ?? "s"] ?? 0), 0);
}
