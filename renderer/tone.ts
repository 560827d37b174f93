// How a state is coloured. The colour never stands alone: a word beside it says the same.

export type Tone = "ok" | "busy" | "warn" | "bad" | "off";
