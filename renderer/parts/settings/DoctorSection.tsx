// A look at everything that can be wrong, on request: what was found, what mends it, and a button where Homeport can write the change itself. Nothing
// is written before a person said yes.
import { Stethoscope } from "lucide-react";
import { useState } from "react";
import type { ConfigChange, Diagnosis, Finding } from "../../../src-core/contract/diagnosis.ts";
import { useAction, useHome } from "../../client/home.ts";
import { words } from "../../language/words.ts";
import { diagnosisSays, levelTones, sortedFindings } from "../../settings/diagnosis.ts";
import { Confirm } from "../Dialog.tsx";
import { StateMark } from "../StateMark.tsx";
import { Section } from "./Section.tsx";

const { doctor } = words.settings;

interface DoctorSectionProps {
  readonly writable: boolean;
  readonly reload: () => void;
}

export function DoctorSection({ writable, reload }: DoctorSectionProps) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const [diagnosis, setDiagnosis] = useState<Diagnosis>();
  const [asked, setAsked] = useState<Asked>();
  const examine = async () => {
    const reply = await run(() => client.doctor({}), { failed: doctor.checkFailed });
    if (reply.ok) setDiagnosis(reply.output);
  };
  const apply = async (change: ConfigChange) => {
    const reply = await run(() => client.applyFix({ change }), { failed: doctor.changeFailed, done: doctor.changed });
    if (!reply.ok) return;
    reload();
    await examine();
  };
  return (
    <Section title={doctor.title} about={doctor.about}>
      <div>
        <button type="button" className="button" disabled={busy} onClick={() => void examine()}>
          <Stethoscope size={15} aria-hidden="true" /> {diagnosis === undefined ? doctor.checkButton : doctor.checkAgainButton}
        </button>
      </div>
      <p role="status" className="summary">
        {busy ? doctor.checking : diagnosis === undefined ? "" : diagnosisSays(diagnosis)}
      </p>
      {diagnosis !== undefined && <Findings diagnosis={diagnosis} busy={busy} onFix={writable ? setAsked : undefined} />}
      {asked !== undefined && (
        <Confirm
          title={doctor.changeTitle}
          confirm={doctor.changeConfirm}
          onConfirm={() => void apply(asked.change)}
          onClose={() => setAsked(undefined)}
        >
          <p>{asked.writes}</p>
          <p className="hint">{doctor.changeHint}</p>
        </Confirm>
      )}
    </Section>
  );
}

/** A change, and what it would write, as the engine says it. */
interface Asked {
  readonly change: ConfigChange;
  readonly writes: string;
}

interface FindingsProps {
  readonly diagnosis: Diagnosis;
  readonly busy: boolean;
  /** Absent where the settings cannot be written. */
  readonly onFix: ((asked: Asked) => void) | undefined;
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
          <summary>{doctor.folded(folded.length)}</summary>
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
  const { change, writes } = fix ?? {};
  return (
    <li className="finding">
      <StateMark tone={levelTones[level]} word={doctor.levels[level]} />
      <div className="finding-says">
        <h3>{title}</h3>
        <p>{says}</p>
        {fix !== undefined && <p className="finding-fix">{doctor.fix(fix.says)}</p>}
        {change !== undefined && writes !== undefined && onFix !== undefined && (
          <button
            type="button"
            className="button"
            disabled={busy}
            aria-label={doctor.changeLabel(title)}
            onClick={() => onFix({ change, writes })}
          >
            {doctor.changeButton}
          </button>
        )}
      </div>
    </li>
  );
}
