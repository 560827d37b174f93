// Secrets by reference: the configuration names an environment variable, its value is looked up when a call needs it and kept nowhere (S-75).
import type { Secrets } from "../engine/ports.ts";

/** Reads `env` at every call, so that a changed value needs no restart. An empty variable counts as absent. */
export function environmentSecrets(env: Readonly<Record<string, string | undefined>> = process.env): Secrets {
  return { resolve: (ref) => env[ref.env] || undefined };
}
