// Captured requests (S-82): switched on by a person for a quarter of an hour, of one client, in memory. What is in them travels only as the
// answer of `captured`; everything else knows their ids.
import { z } from "zod";
import { RequestId } from "./ids.ts";

/** Then it ends by itself, and everything captured is gone. */
export const captureMinutes = 15;
/** The oldest leaves for the newest. */
export const mostCaptured = 50;

/** What a window may show while requests are captured. Null client: apps that have no key of their own. */
export const CaptureState = z
  .object({ client: z.string().nullable(), until: z.number(), requests: z.array(RequestId).readonly() })
  .readonly();
export type CaptureState = z.infer<typeof CaptureState>;

/** Bytes as text, keys hidden. `cut`: there was more than is kept; `bytes`: how much there was. */
export const CapturedText = z.object({ text: z.string(), bytes: z.number(), cut: z.boolean() }).readonly();
export type CapturedText = z.infer<typeof CapturedText>;

/** One request and the answer its client was given, as far as it has come. */
export const Captured = z
  .object({
    id: RequestId,
    at: z.number(),
    path: z.string(),
    request: CapturedText,
    answer: CapturedText,
    /** Absent until the answer begins. */
    status: z.number().optional(),
    contentType: z.string().optional(),
    /** `broken`: its client left, or it was cut off. */
    state: z.enum(["running", "ended", "broken"]),
  })
  .readonly();
export type Captured = z.infer<typeof Captured>;

const nothing = z.object({}).readonly();
const oneRequest = z.strictObject({ request: z.string().min(1).max(200) });

/** Their rows of the contract's table. */
export const captureMethods = {
  /** Begins, or begins the quarter of an hour anew; of another client: what was captured is forgotten first. */
  startCapture: { input: z.strictObject({ client: z.string().min(1).max(200).nullable() }), output: CaptureState },
  /** Ends it and forgets everything. */
  stopCapture: { input: z.strictObject({}), output: nothing },
  captured: { input: oneRequest, output: Captured },
  forgetCaptured: { input: oneRequest, output: nothing },
} as const;
