// A look at everything that can be wrong, on request: what was found, what mends it, and a button where Homeport can write the change itself. Nothing
// is written before a person said yes.
import { Stethoscope } from "lucide-react";
import { useState } from "react";
import { type ConfigChange, changeSays, type Diagnosis, type Finding } from "../../../src-core/contract/diagnosis.ts";
import { useAction, useHome } from "../../client/home.ts";
import { diagnosisSays, levelMarks, sortedFindings } from "../../settings/diagnosis.ts";
import { Confirm } from "../Dialog.tsx";
import { StateMark } from "../StateMark.tsx";
import { Section } from "./Section.tsx";

interface DoctorSectionProps {
  readonly writable: boolean;
  readonly reload: () => void;
}

export function DoctorSection({ writable, reload }: DoctorSectionProps) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const [diagnosis, setDiagnosis] = useState<Diagnosis>();
  const [asked, setAsked] = useState<ConfigChange>();
  const examine = async () => {
    const reply = await run(() => client.doctor({}), { failed: "The check did not end" });
    if (reply.ok) setDiagnosis(reply.output);
  };
  const apply = async (change: ConfigChange) => {
    const reply = await run(() => client.applyFix({ change }), { failed: "The change was not written", done: "The change was written" });
    if (!reply.ok) return;
    reload();
    await examine();
  };
  return (
    <Section
      title="Check everything"
      about="Ports, who can get in, keys, every node, clock, disk, NATS and Redis. Models that are in memory are asked a few short questions; nothing is loaded, and no cloud is asked."
    >
      <div>
        <button type="button" className="button" disabled={busy} onClick={() => void examine()}>
          <Stethoscope size={15} aria-hidden="true" /> {diagnosis === undefined ? "Check now" : "Check again"}
        </button>
      </div>
      <p role="status" className="summary">
        {busy ? "Looking. Questions to models can take a minute or two." : diagnosis === undefined ? "" : diagnosisSays(diagnosis)}
      </p>
      {diagnosis !== undefined && <Findings diagnosis={diagnosis} busy={busy} onFix={writable ? setAsked : undefined} />}
      {asked !== undefined && (
        <Confirm title="Write this change?" confirm="Write it" onConfirm={() => void apply(asked)} onClose={() => setAsked(undefined)}>
          <p>{changeSays(asked)}</p>
          <p className="hint">The rest of the settings stays as it is.</p>
        </Confirm>
      )}
    </Section>
  );
}

interface FindingsProps {
  readonly diagnosis: Diagnosis;
  readonly busy: boolean;
  /** Absent where the settings cannot be written. */
  readonly onFix: ((change: ConfigChange) => void) | undefined;
}

function Findings({ diagnosis, busy, onFix }: FindingsProps) {
  const { open, folded } = sortedFindings(diagnosis);
  const lines = (findings: readonly Finding[]) => (
    <ul className="findings">
      {findings.map((finding) => (
        <FindingLine key={finding.id} finding={finding} busy={busy} onFix={onFix} />
      ))}
    </ul>
  );
  return (
    <>
      {open.length > 0 && lines(open)}
      {folded.length > 0 && (
        <details className="more">
          <summary>Show what is in order or was not looked at ({folded.length})</summary>
          {lines(folded)}
        </details>
      )}
    </>
  );
}

interface FindingLineProps extends Pick<FindingsProps, "busy" | "onFix"> {
  readonly finding: Finding;
}

function FindingLine({ finding: { level, title, says, fix }, busy, onFix }: FindingLineProps) {
  const { tone, word } = levelMarks[level];
  const change = fix?.change;
  return (
    <li className="finding">
      <StateMark tone={tone} word={word} />
      <div className="finding-says">
        <h3>{title}</h3>
        <p>{says}</p>
        {fix !== undefined && <p className="finding-fix">To mend it: {fix.says}</p>}
        {change !== undefined && onFix !== undefined && (
          <button
            type="button"
            className="button"
            disabled={busy}
            aria-label={`Change this setting: ${title}`}
            onClick={() => onFix(change)}
          >
            Change this setting…
          </button>
        )}
      </div>
    </li>
  );
}
