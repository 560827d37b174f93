// English, area by area.
import { common } from "./common.ts";
import { fetching } from "./fetching.ts";
import { loading } from "./loading.ts";
import { models } from "./models.ts";
import { vocabulary } from "./vocabulary.ts";

export const english = { common, vocabulary, fetching, loading, models } as const;
