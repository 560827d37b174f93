// The routing as text, with its lines counted and what is wrong told beside the line it stands in.
import { useRef } from "react";
import type { SettingIssue } from "../../src-core/contract/settings.ts";
import { Rich } from "../language/Rich.tsx";
import { words } from "../language/words.ts";
import { Field } from "../parts/Field.tsx";
import type { DocumentText } from "./use-document.ts";

const { document: says } = words.routingDraft;

interface DocumentPaneProps {
  readonly document: DocumentText;
  /** "YAML" */
  readonly called: string;
}

const leastLines = 12;

export function DocumentPane({ document: { text, issues, type, renew }, called }: DocumentPaneProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const lines = text.split("\n").length;
  const wrong = new Set(issues.map(({ line }) => line));
  const rows = Math.max(leastLines, lines + 1);
  return (
    <div>
      <Field label={says.label(called)} hint={says.hint}>
        {(props) => (
          <div className="document-text">
            <div className="document-lines" aria-hidden="true">
              {Array.from({ length: rows }, (_, at) => (
                <span key={String(at)} className={wrong.has(at + 1) ? "line-wrong" : undefined}>
                  {at + 1}
                </span>
              ))}
            </div>
            <textarea
              {...props}
              ref={area}
              aria-invalid={issues.length > 0}
              rows={rows}
              wrap="off"
              spellCheck={false}
              autoComplete="off"
              value={text}
              onChange={(event) => type(event.target.value)}
            />
          </div>
        )}
      </Field>
      {issues.length > 0 && <Issues issues={issues} onGo={(line) => goTo(area.current, line)} onRenew={renew} />}
    </div>
  );
}

interface IssuesProps {
  readonly issues: readonly SettingIssue[];
  readonly onGo: (line: number) => void;
  readonly onRenew: () => void;
}

function Issues({ issues, onGo, onRenew }: IssuesProps) {
  return (
    <div className="document-issues" role="alert">
      <p className="field-error">{says.notTaken}</p>
      <ul>
        {issues.map(({ field, line, says: wrong }) => (
          <li key={`${field} ${wrong}`}>
            {line !== undefined && (
              <button type="button" className="button small" onClick={() => onGo(line)}>
                {says.line(line)}
              </button>
            )}
            <span>
              <Rich text={field === "" ? says.issue : says.issueAt} parts={{ field: <code>{field}</code>, says: wrong }} />
            </span>
          </li>
        ))}
      </ul>
      <div>
        <button type="button" className="button small" onClick={onRenew}>
          {says.discard}
        </button>
      </div>
    </div>
  );
}

/** Puts the cursor into the line and selects it. */
function goTo(area: HTMLTextAreaElement | null, line: number): void {
  if (area === null) return;
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
}
