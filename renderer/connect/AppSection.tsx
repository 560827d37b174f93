// One app: its snippets with the live address, what to know, and the test. Closed it is one line.
import { words } from "../language/words.ts";
import { CopyButton } from "../parts/CopyButton.tsx";
import type { App, Facts } from "./snippet.ts";
import { TryGateway } from "./TryGateway.tsx";

interface AppSectionProps {
  readonly app: App;
  readonly facts: Facts;
  /** What a test asks for; undefined: whichever is in memory. */
  readonly model: string | undefined;
  readonly open: boolean;
  readonly onToggle: (open: boolean) => void;
}

export function AppSection({ app, facts, model, open, onToggle }: AppSectionProps) {
  const { name, about } = words.connect.apps[app.id];
  return (
    <details className="app" open={open} onToggle={(event) => onToggle(event.currentTarget.open)}>
      <summary>
        <h3>{name}</h3>
        <span className="hint">{about}</span>
      </summary>
      {open && (
        <div className="app-body">
          {app.snippets(facts).map(({ label, text }) => (
            <section key={label} className="snippet" aria-label={`${name}: ${label}`}>
              <div className="snippet-head">
                <h4>{label}</h4>
                <CopyButton text={text} what={`${name}, ${label}`} />
              </div>
              <pre>{text}</pre>
            </section>
          ))}
          <ul className="notes">
            {app.notes(facts).map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
          {app.dialect !== undefined && <TryGateway app={name} dialect={app.dialect} model={model} />}
        </div>
      )}
    </details>
  );
}
