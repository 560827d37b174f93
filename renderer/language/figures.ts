// The words within figures, in the person's language. Apart from the other words, because those are made with figures: format.ts imports this file alone.
import { figures as english } from "./en/figures.ts";
import { spoken } from "./locale.ts";

/** Units and the words of time, chosen once when the window opens. */
export const figures = spoken({ en: english });
