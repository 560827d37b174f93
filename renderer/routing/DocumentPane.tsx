// The routing as text, with its lines counted and what is wrong told beside the line it stands in.
import { useRef } from "react";
import type { SettingIssue } from "../../src-core/contract/settings.ts";
import { Field } from "../parts/Field.tsx";
import type { DocumentText } from "./use-document.ts";

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
      <Field
        label={`Routing as ${called}`}
        hint="The same document as the forms: whatever you change here changes there. Defaults are left out. No key is in it, only where one is found."
      >
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
      <p className="field-error">This text is not taken yet: mend it, or throw it away to go back to the draft.</p>
      <ul>
        {issues.map(({ field, line, says }) => (
          <li key={`${field} ${says}`}>
            {line !== undefined && (
              <button type="button" className="button small" onClick={() => onGo(line)}>
                Line {line}
              </button>
            )}
            <span>
              {field !== "" && <code>{field}</code>}
              {field !== "" && ": "}
              {says}.
            </span>
          </li>
        ))}
      </ul>
      <div>
        <button type="button" className="button small" onClick={onRenew}>
          Throw the text away
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
