// From a name to a chain of models.
import type { Config } from "../contract/config.ts";
import type { Failure } from "../contract/failure.ts";
import type { RequestFacts, Resolution } from "../contract/route.ts";

const itself: Resolution = { chain: [{}], because: "model" };

export function resolve(_facts: RequestFacts, _config: Config): Resolution | Failure {
  return itself;
}
