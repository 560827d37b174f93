// English, area by area.
import { common } from "./common.ts";
import { vocabulary } from "./vocabulary.ts";

export const english = { common, vocabulary } as const;
