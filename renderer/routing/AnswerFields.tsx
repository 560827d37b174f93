// What happens to a profile's answers: when the next model is tried, what is put right before the client sees it, and what is left out where a
// conversation is too long.
import { Gate, type Profile, Repairs } from "../../src-core/contract/routing.ts";
import { words } from "../language/words.ts";
import { Toggle } from "../parts/Field.tsx";

const { answers } = words.routingForms;

interface AnswerFieldsProps {
  readonly profile: Profile;
  readonly onChange: (profile: Profile) => void;
}

/** Without a gate nothing is judged. */
const noGate = Gate.parse({ empty: false });
const noRepairs = Repairs.parse({});

export function AnswerFields({ profile, onChange }: AnswerFieldsProps) {
  const gate = profile.gate ?? noGate;
  const repairs = profile.repairs ?? noRepairs;
  const judge = (part: Partial<Gate>) => onChange({ ...profile, gate: gateOf({ ...gate, ...part }) });
  const repair = (part: Partial<Repairs>) => onChange({ ...profile, repairs: repairsOf({ ...repairs, ...part }) });
  const ownSchema = typeof gate.schema === "object";
  return (
    <>
      <Toggle label={answers.refusal} checked={gate.refusal} onChange={(refusal) => judge({ refusal })} />
      <Toggle label={answers.empty} checked={gate.empty} onChange={(empty) => judge({ empty })} />
      <Toggle
        label={answers.schema}
        hint={ownSchema ? answers.schemaOfProfile : answers.schemaOfRequest}
        checked={gate.schema !== false}
        disabled={ownSchema}
        onChange={(schema) => judge({ schema })}
      />
      <Toggle label={answers.toolCalls} checked={repairs.toolCalls} onChange={(toolCalls) => repair({ toolCalls })} />
      <Toggle label={answers.thinking} checked={repairs.thinking} onChange={(thinking) => repair({ thinking })} />
      <Toggle label={answers.stopMarkers} checked={repairs.stopMarkers} onChange={(stopMarkers) => repair({ stopMarkers })} />
      <Toggle
        label={answers.contextRescue}
        hint={answers.contextRescueHint}
        checked={profile.contextRescue}
        onChange={(contextRescue) => onChange({ ...profile, contextRescue })}
      />
    </>
  );
}

function gateOf(gate: Gate): Gate | undefined {
  const idle = !gate.refusal && !gate.empty && gate.schema === false && gate.refusalPatterns === undefined;
  return idle ? undefined : gate;
}

function repairsOf(repairs: Repairs): Repairs | undefined {
  return repairs.toolCalls || repairs.thinking || repairs.stopMarkers ? repairs : undefined;
}
