// The draft as text, and the text as the draft: whoever of the two changed last is followed. A text with mistakes is kept as it was typed and
// changes nothing until it is mended. The engine reads and writes it, as it reads its own settings.
import { useEffect, useRef, useState } from "react";
import type { RoutingDocument } from "../../src-core/contract/routing-document.ts";
import type { SettingIssue, SettingsFormat } from "../../src-core/contract/settings.ts";
import { useHome } from "../client/home.ts";
import { asWritten } from "./as-written.ts";
import type { EditDraft } from "./form-props.ts";
import { same } from "./same.ts";

const typingMs = 200;

export interface DocumentText {
  readonly text: string;
  /** In which it was typed; undefined: it is the draft as it was written last. */
  readonly typedAs: SettingsFormat | undefined;
  /** Empty: the draft says what the text says, as soon as what was typed is read. */
  readonly issues: readonly SettingIssue[];
  readonly type: (text: string) => void;
  /** Throws the typed text away for what the draft says. */
  readonly renew: () => void;
}

interface Typed {
  readonly text: string;
  readonly format: SettingsFormat;
}

/** What was typed and is not read yet, or cannot be: it waits here while another page is open. */
let unread: Typed | undefined;

/** `format` undefined: nobody looks at the text, and nothing is asked. */
export function useDocument(now: RoutingDocument, edit: EditDraft, format: SettingsFormat | undefined): DocumentText {
  const { client } = useHome();
  const [text, setText] = useState(unread?.text ?? "");
  const [issues, setIssues] = useState<readonly SettingIssue[]>([]);
  const [typed, setTyped] = useState(unread);
  /** What the text is known to say. */
  const means = useRef<{ readonly document: RoutingDocument; readonly format: SettingsFormat }>(undefined);
  useEffect(() => {
    unread = typed;
  }, [typed]);
  useEffect(() => {
    if (format === undefined || typed !== undefined) return;
    if (means.current?.format === format && same(means.current.document, now)) return;
    let wanted = true;
    void client.writeRouting({ routing: asWritten(now), format }).then((reply) => {
      if (!wanted) return;
      if (reply.ok) {
        means.current = { document: now, format };
        setText(reply.output.text);
      }
      setIssues(reply.ok ? [] : [{ field: "", says: reply.failure.message }]);
    });
    return () => {
      wanted = false;
    };
  }, [client, format, now, typed]);
  useEffect(() => {
    if (typed === undefined) return;
    let wanted = true;
    const timer = setTimeout(async () => {
      const reply = await client.readRouting({ text: typed.text });
      if (!wanted) return;
      const routing = reply.ok ? reply.output.routing : undefined;
      setIssues(reply.ok ? reply.output.issues : [notRead(reply.failure.message)]);
      if (routing === undefined) return;
      means.current = { document: routing, format: typed.format };
      edit(() => routing);
      setTyped(undefined);
    }, typingMs);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [client, edit, typed]);
  return {
    text,
    typedAs: typed?.format,
    issues,
    type: (next) => {
      setText(next);
      setTyped({ text: next, format: typed?.format ?? format ?? "yaml" });
    },
    renew: () => {
      means.current = undefined;
      setIssues([]);
      setTyped(undefined);
    },
  };
}

/** A text that is no document at all: the message begins with its place ("These settings, line 3: expected YAML, but …"). */
function notRead(message: string): SettingIssue {
  const [, line, says] = /^[^:]*?, line (\d+): (.*)$/s.exec(message) ?? [];
  if (line === undefined || says === undefined) return { field: "", says: message.replace(/^These settings: /, "").replace(/\.$/, "") };
  return { field: "", line: Number(line), says: says.replace(/\.$/, "") };
}
