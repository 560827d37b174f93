// What can be done with a node beyond its models. Simulated nodes are not in the configuration, so they cannot be edited or removed.
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import type { Node } from "../../src-core/contract/fleet.ts";
import { useAction, useHome } from "../client/home.ts";
import { Confirm } from "./Dialog.tsx";
import { EditNode } from "./EditNode.tsx";
import { Menu, type MenuItem } from "./Menu.tsx";

export function NodeMenu({ node }: { readonly node: Node }) {
  const [layer, setLayer] = useState<"none" | "edit" | "remove">("none");
  const { client } = useHome();
  const { run } = useAction();
  const close = () => setLayer("none");
  const enable = (enabled: boolean) =>
    void run(() => client.updateNode({ node: node.id, change: { enabled } }), { failed: `${node.name} was not changed` });
  const drain = (drained: boolean) =>
    void run(() => client.drainNode({ node: node.id, drained }), { failed: `${node.name} was not changed` });
  const remove = () =>
    void run(() => client.removeNode({ node: node.id }), { failed: `${node.name} was not removed`, done: `${node.name} removed` });
  // A key that was refused keeps requests away until the settings change, or until somebody says so.
  const isRefused = node.health.state === "paused" && node.health.because === "misconfigured";
  const breaker: MenuItem =
    node.breaker.state === "closed" && !isRefused
      ? {
          label: "Stop sending for a while",
          run: () => void run(() => client.tripBreaker({ node: node.id }), { failed: `${node.name} still gets requests` }),
        }
      : { label: "Try now", run: () => void run(() => client.tryNow({ node: node.id }), { failed: `${node.name} was not tried` }) };
  const wake = () =>
    void run(() => client.wakeNode({ node: node.id }), { failed: `${node.name} did not wake`, done: `${node.name} is awake` });
  const lend = (minutes: number | null) =>
    void run(() => client.lendNode({ node: node.id, minutes }), {
      failed: `${node.name} was not freed`,
      done: `${node.name} takes nothing new`,
    });
  const waking: readonly MenuItem[] = node.wakes === true && node.health.state === "asleep" ? [{ label: "Wake it", run: wake }] : [];
  const lending: readonly MenuItem[] =
    node.lent !== undefined
      ? [
          {
            label: "Take it back",
            run: () => void run(() => client.returnNode({ node: node.id }), { failed: `${node.name} is still lent` }),
          },
        ]
      : node.place === "cloud"
        ? []
        : [
            { label: "Free its memory for 15 minutes", run: () => lend(15) },
            { label: "Free its memory for 1 hour", run: () => lend(60) },
            { label: "Free its memory until I say so", run: () => lend(null) },
          ];
  const own: readonly MenuItem[] = node.demo
    ? []
    : [
        { label: "Edit node…", run: () => setLayer("edit") },
        node.drained === true ? { label: "End draining", run: () => drain(false) } : { label: "Drain", run: () => drain(true) },
        node.enabled ? { label: "Disable", run: () => enable(false) } : { label: "Enable", run: () => enable(true) },
        { label: "Remove…", danger: true, run: () => setLayer("remove") },
      ];
  return (
    <>
      <Menu
        label={`More for ${node.name}`}
        icon={<Ellipsis size={17} aria-hidden="true" />}
        items={[...waking, breaker, ...lending, ...own]}
      />
      {layer === "edit" && <EditNode node={node} onClose={close} />}
      {layer === "remove" && (
        <Confirm title={`Remove ${node.name}?`} confirm="Remove" danger onConfirm={remove} onClose={close}>
          <p>
            Homeport forgets this node and sends nothing there any more. The server at {node.url} and its models are not touched; you can
            add it again at any time.
          </p>
        </Confirm>
      )}
    </>
  );
}
