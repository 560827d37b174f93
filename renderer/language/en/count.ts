// How English counts things: an "s" for all but one.
import { figure, plural } from "../../format.ts";

/** "1 model", "2 models". */
export const count = (value: number, noun: string): string => `${figure(value)} ${plural(value, { one: noun, other: `${noun}s` })}`;
