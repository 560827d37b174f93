// A reference to a secret, never the secret itself (S-75): where Homeport finds it when it needs it.
import { z } from "zod";

/** A name under which the desktop's key store keeps a secret. */
export const SecretName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "letters, digits, dot, dash and underscore");

const FromEnvironment = z.strictObject({
  env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of an environment variable"),
});
const FromFile = z.strictObject({
  file: z
    .string()
    .max(4096)
    .regex(/^(?:\/|[A-Za-z]:[\\/])[^\0]+$/, "the absolute path of a file"),
});
const FromStore = z.strictObject({ store: SecretName });

/** An environment variable, a file that only its owner may read, or a key that the desktop app keeps in the system's store. */
export const SecretRef = z.union([FromEnvironment, FromFile, FromStore], {
  error: 'one of { "env": the name of an environment variable }, { "file": an absolute path }, { "store": a name in the key store }',
});
export type SecretRef = z.infer<typeof SecretRef>;

/** Where the secret is looked for, for a person: "OPENAI_API_KEY". */
export function secretPlace(ref: SecretRef): string {
  if ("env" in ref) return ref.env;
  return "file" in ref ? ref.file : `"${ref.store}" in the key store`;
}

/** What to do where the secret is not there, as the end of a sentence. */
export function secretRemedy(ref: SecretRef): string {
  if ("env" in ref) return `set the environment variable ${ref.env} where Homeport runs`;
  return "file" in ref ? `write it to ${ref.file}, readable to you alone` : `save the key "${ref.store}" in the desktop app's settings`;
}
