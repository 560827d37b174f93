// What happens to a profile's answers: when the next model is tried, what is put right before the client sees it, and what is left out where a
// conversation is too long.
import { Gate, type Profile, Repairs } from "../../src-core/contract/routing.ts";
import { Toggle } from "../parts/Field.tsx";

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
      <Toggle label="Try the next model when one refuses to answer" checked={gate.refusal} onChange={(refusal) => judge({ refusal })} />
      <Toggle label="Try the next model when the answer is empty" checked={gate.empty} onChange={(empty) => judge({ empty })} />
      <Toggle
        label="Try the next model when the answer does not fit its schema"
        hint={ownSchema ? "The schema of this profile stands in the text." : "The schema that the request asks for."}
        checked={gate.schema !== false}
        disabled={ownSchema}
        onChange={(schema) => judge({ schema })}
      />
      <Toggle
        label="Make tool calls that a model wrote as text into real ones"
        checked={repairs.toolCalls}
        onChange={(toolCalls) => repair({ toolCalls })}
      />
      <Toggle label="Move thinking out of the answer" checked={repairs.thinking} onChange={(thinking) => repair({ thinking })} />
      <Toggle
        label="Take stop markers out of the answer"
        checked={repairs.stopMarkers}
        onChange={(stopMarkers) => repair({ stopMarkers })}
      />
      <Toggle
        label="Leave out the oldest turns of a conversation that no node can hold"
        hint="Off: such a request is refused, with the numbers."
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
