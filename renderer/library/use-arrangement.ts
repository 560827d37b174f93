// How the person last looked at the list of models, kept for this window only: it changes nothing but this view, unlike a pin, which the tray shows too.
import { useState } from "react";
import { type Arrangement, groupings, orders } from "./arrange.ts";

const slot = "homeport-models-view";

/** Anything else that lies there is nothing. */
function keptArrangement(): Arrangement {
  const [group, order] = (localStorage.getItem(slot) ?? "").split(" ");
  return { group: groupings.find((one) => one === group) ?? "none", order: orders.find((one) => one === order) ?? "name" };
}

export function useArrangement(): readonly [Arrangement, (change: Partial<Arrangement>) => void] {
  const [arrangement, setArrangement] = useState(keptArrangement);
  const change = (wish: Partial<Arrangement>) => {
    const next = { ...arrangement, ...wish };
    localStorage.setItem(slot, `${next.group} ${next.order}`);
    setArrangement(next);
  };
  return [arrangement, change];
}
