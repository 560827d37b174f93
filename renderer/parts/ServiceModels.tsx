// What a service in the cloud offers: names, since nothing of it is ever in our memory or out of it. A list may be hundreds long: some are shown.
import type { ModelEntry } from "../../src-core/contract/fleet.ts";
import { words } from "../language/words.ts";

const mostShown = 12;

interface ServiceModelsProps {
  readonly entries: readonly ModelEntry[];
  /** What is searched for; empty shows the first ones. */
  readonly wanted: string;
}

export function ServiceModels({ entries, wanted }: ServiceModelsProps) {
  const names = entries.map(({ id }) => id).filter((id) => id.toLowerCase().includes(wanted));
  const more = names.length - mostShown;
  if (names.length === 0) return null;
  return <p className="service-models">{words.nodeModels.list.names(names.toSorted().slice(0, mostShown), more)}</p>;
}
