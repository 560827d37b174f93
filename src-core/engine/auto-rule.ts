// Where the model asked for is `auto`, by name or by an alias: looks once at what the request says, and keeps only the rule that fitted. Doors
// and `explain` both come through here, so that both see the same rule.
import type { Config } from "../contract/config.ts";
import type { RequestFacts } from "../contract/route.ts";
import { messageView } from "../dialects/message-view.ts";
import { routeByRules } from "../domain/auto-router.ts";
import { leavesChoice } from "../domain/resolve.ts";

/** The facts with the rule in them, or the same facts where the client named its model or no rule fits. */
export function withRule(facts: RequestFacts, body: unknown, config: Config): RequestFacts {
  if (!leavesChoice(facts.model, config)) return facts;
  const rule = routeByRules(config.rules, messageView(body, facts.model));
  return rule === undefined ? facts : { ...facts, rule };
}
