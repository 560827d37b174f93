// Fetching and deleting from anywhere on the page. Both are off at first: the refusal that says so becomes a question, and a yes goes on with the wish.
import { type ReactNode, useState } from "react";
import type { Reply } from "../../src-core/contract/api.ts";
import type { NodeId } from "../../src-core/contract/ids.ts";
import { useAction, useHome } from "../client/home.ts";
import { words } from "../language/words.ts";
import { Confirm } from "../parts/Dialog.tsx";

const { fetching } = words;

export interface ModelFileActs {
  readonly pull: (nodes: readonly NodeId[], model: string) => void;
  readonly stop: (node: NodeId, model: string) => void;
  readonly remove: (node: NodeId, model: string) => void;
}

interface Question {
  readonly setting: "pull" | "remove";
  readonly again: () => void;
}

/** `question` is to be rendered wherever these are used. */
export function useModelFiles(): { readonly acts: ModelFileActs; readonly busy: boolean; readonly question: ReactNode } {
  const { client, toasts } = useHome();
  const { busy, run } = useAction();
  const [question, setQuestion] = useState<Question>();
  const asked = async <T,>(call: () => Promise<Reply<T>>, setting: Question["setting"], again: () => void, failed: string) => {
    const reply = await call();
    if (reply.ok) return reply.output;
    if (reply.failure.field === `modelFiles.${setting}`) setQuestion({ setting, again });
    else toasts.push({ tone: "error", title: failed, body: reply.failure.message });
    return undefined;
  };
  const pull = async (nodes: readonly NodeId[], model: string): Promise<void> => {
    const again = () => void pull(nodes, model);
    const begun = await asked(() => client.pullModel({ nodes: [...nodes], model }), "pull", again, fetching.notBegun(model));
    for (const { failure } of begun?.refused ?? []) toasts.push({ tone: "error", title: fetching.refused, body: failure.message });
  };
  const remove = async (node: NodeId, model: string): Promise<void> => {
    const again = () => void remove(node, model);
    const done = await asked(() => client.removeModel({ node, model }), "remove", again, fetching.notDeleted(model));
    if (done !== undefined) toasts.push({ tone: "ok", title: fetching.deleted(model, node) });
  };
  const stop = async (node: NodeId, model: string): Promise<void> => {
    const reply = await run(() => client.cancelPull({ node, model }), { failed: fetching.notStopped(model) });
    if (reply.ok && reply.output.says !== undefined) toasts.push({ tone: "ok", title: fetching.stopped, body: reply.output.says });
  };
  const allow = async ({ setting, again }: Question) => {
    const reply = await run(
      async () => {
        const read = await client.getSettings({});
        return read.ok ? client.setSettings({ change: { modelFiles: { ...read.output.config.modelFiles, [setting]: true } } }) : read;
      },
      { failed: fetching.allow.failed },
    );
    if (reply.ok) again();
  };
  return {
    acts: {
      pull: (nodes, model) => void pull(nodes, model),
      stop: (node, model) => void stop(node, model),
      remove: (node, model) => void remove(node, model),
    },
    busy,
    question: question && <Allow setting={question.setting} onYes={() => void allow(question)} onClose={() => setQuestion(undefined)} />,
  };
}

interface AllowProps {
  readonly setting: Question["setting"];
  readonly onYes: () => void;
  readonly onClose: () => void;
}

function Allow({ setting, onYes, onClose }: AllowProps) {
  const { title, says, button } = fetching.allow[setting];
  return (
    <Confirm title={title} confirm={button} danger={setting === "remove"} onConfirm={onYes} onClose={onClose}>
      <p>{says}</p>
    </Confirm>
  );
}
