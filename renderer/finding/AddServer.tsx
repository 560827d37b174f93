// Adding a node: by its address, or by looking for it. One dialog at a time, each leads to the other.
import { useState } from "react";
import { AddNode } from "../parts/AddNode.tsx";
import { FindServers } from "./FindServers.tsx";

export type AddBy = "address" | "search";

export function AddServer({ first, onClose }: { readonly first: AddBy; readonly onClose: () => void }) {
  const [by, setBy] = useState(first);
  return by === "address" ? (
    <AddNode onClose={onClose} onFind={() => setBy("search")} />
  ) : (
    <FindServers onClose={onClose} onByAddress={() => setBy("address")} />
  );
}
