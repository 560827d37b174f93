// Which news a person wants to be told of. What is switched off still lands in the inbox, because no news is lost (UX-21).
import { z } from "zod";

const on = z.boolean().default(true);

export const NotificationSwitches = z
  .strictObject({
    breaker: on.describe("A node stops or starts getting requests."),
    loads: on.describe("A load failed, or finished after a long while."),
    fetches: on.describe("A model was fetched to a node, or could not be."),
    budgets: on.describe("A budget is nearly or wholly used up."),
    surprises: on.describe("A node does other than it says: cuts prompts, drops models, keeps what it unloaded."),
    homeport: on.describe("Homeport itself: settings repaired or refused, another port, servers found."),
  })
  .prefault({});
export type NotificationSwitches = z.infer<typeof NotificationSwitches>;
