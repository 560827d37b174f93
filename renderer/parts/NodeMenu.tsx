// What can be done with a node beyond its models. Simulated nodes are not in the configuration, so they cannot be edited or removed.
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import type { Node } from "../../src-core/contract/fleet.ts";
import { useAction, useHome } from "../client/home.ts";
import { words } from "../language/words.ts";
import { Confirm } from "./Dialog.tsx";
import { EditNode } from "./EditNode.tsx";
import { Menu, type MenuItem } from "./Menu.tsx";

const { acts } = words.nodes;

export function NodeMenu({ node }: { readonly node: Node }) {
  const [layer, setLayer] = useState<"none" | "edit" | "remove">("none");
  const { client } = useHome();
  const { run } = useAction();
  const close = () => setLayer("none");
  const enable = (enabled: boolean) =>
    void run(() => client.updateNode({ node: node.id, change: { enabled } }), { failed: acts.notChanged(node.name) });
  const drain = (drained: boolean) => void run(() => client.drainNode({ node: node.id, drained }), { failed: acts.notChanged(node.name) });
  const remove = () =>
    void run(() => client.removeNode({ node: node.id }), { failed: acts.notRemoved(node.name), done: acts.removed(node.name) });
  // A key that was refused keeps requests away until the settings change, or until somebody says so.
  const isRefused = node.health.state === "paused" && node.health.because === "misconfigured";
  const breaker: MenuItem =
    node.breaker.state === "closed" && !isRefused
      ? {
          label: acts.stopSending,
          run: () => void run(() => client.tripBreaker({ node: node.id }), { failed: acts.stillSent(node.name) }),
        }
      : { label: acts.tryNow, run: () => void run(() => client.tryNow({ node: node.id }), { failed: acts.notTried(node.name) }) };
  const wake = () =>
    void run(() => client.wakeNode({ node: node.id }), { failed: acts.didNotWake(node.name), done: acts.awake(node.name) });
  const lend = (minutes: number | null) =>
    void run(() => client.lendNode({ node: node.id, minutes }), {
      failed: acts.notLent(node.name),
      done: acts.nowLent(node.name),
    });
  const waking: readonly MenuItem[] = node.wakes === true && node.health.state === "asleep" ? [{ label: acts.wake, run: wake }] : [];
  const lending: readonly MenuItem[] =
    node.lent !== undefined
      ? [
          {
            label: acts.takeBack,
            run: () => void run(() => client.returnNode({ node: node.id }), { failed: acts.stillLent(node.name) }),
          },
        ]
      : node.place === "cloud"
        ? []
        : [
            { label: acts.lendMinutes, run: () => lend(15) },
            { label: acts.lendHour, run: () => lend(60) },
            { label: acts.lendOpen, run: () => lend(null) },
          ];
  const own: readonly MenuItem[] = node.demo
    ? []
    : [
        { label: acts.edit, run: () => setLayer("edit") },
        node.drained === true ? { label: acts.endDraining, run: () => drain(false) } : { label: acts.drain, run: () => drain(true) },
        node.enabled ? { label: acts.disable, run: () => enable(false) } : { label: acts.enable, run: () => enable(true) },
        { label: acts.remove, danger: true, run: () => setLayer("remove") },
      ];
  return (
    <>
      <Menu
        label={acts.menuLabel(node.name)}
        icon={<Ellipsis size={17} aria-hidden="true" />}
        items={[...waking, breaker, ...lending, ...own]}
      />
      {layer === "edit" && <EditNode node={node} onClose={close} />}
      {layer === "remove" && (
        <Confirm title={acts.removeTitle(node.name)} confirm={acts.removeButton} danger onConfirm={remove} onClose={close}>
          <p>{acts.removeText(node.url)}</p>
        </Confirm>
      )}
    </>
  );
}
