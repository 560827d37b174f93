// A reference to a secret, never the secret itself (S-75).
import { z } from "zod";

/** The name of an environment variable that holds it. */
export const SecretRef = z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of an environment variable") });
export type SecretRef = z.infer<typeof SecretRef>;
