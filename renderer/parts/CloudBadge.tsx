// Marks what is not in the house: a node, and every answer that came from one.
import { words } from "../language/words.ts";

const { badge, title } = words.nodes.inCloud;

export function CloudBadge() {
  return (
    <span className="badge badge-cloud" title={title}>
      {badge}
    </span>
  );
}
