// All policies side by side with the node each would choose now. Picking one shows its reasons below; it changes no setting.
import { PresetName } from "../../src-core/contract/routing.ts";
import { words } from "../language/words.ts";
import type { Answers, Told } from "./use-explanations.ts";
import { presetSays } from "./words.ts";

interface PolicyStripProps {
  readonly policies: readonly string[];
  readonly answers: Answers | undefined;
  /** Empty: as configured. */
  readonly chosen: string;
  readonly onChoose: (policy: string) => void;
  readonly nameOf: (node: string) => string;
}

export function PolicyStrip({ policies, answers, chosen, onChoose, nameOf }: PolicyStripProps) {
  return (
    <fieldset className="policies">
      <legend>Which node each policy would choose</legend>
      {["", ...policies].map((policy) => (
        <label key={policy} className="policy" title={titleOf(policy)}>
          <input type="radio" name="policy" checked={policy === chosen} onChange={() => onChoose(policy)} />
          <span className="policy-name">{policy === "" ? "as configured" : policy}</span>
          <Choice told={answers?.byPolicy[policy]} nameOf={nameOf} />
        </label>
      ))}
    </fieldset>
  );
}

function titleOf(policy: string): string | undefined {
  if (policy === "") return "The policy of the profile, or of the settings";
  const preset = PresetName.safeParse(policy);
  return preset.success ? presetSays[preset.data] : undefined;
}

function Choice({ told, nameOf }: { readonly told: Told | undefined; readonly nameOf: (node: string) => string }) {
  if (told === undefined) return <span className="policy-node">…</span>;
  if ("failure" in told) return <span className="policy-node policy-none">no answer</span>;
  const { links, next } = told.explanation;
  if (next.node === undefined) return <span className="policy-node policy-none">nobody</span>;
  const link = links.find(({ candidates }) => candidates[0]?.node === next.node) ?? links[0];
  const ready = link?.candidates[0]?.readiness === "warm";
  return (
    <>
      <span className="policy-node">{nameOf(next.node)}</span>
      <span className="policy-why">{words.vocabulary.preference(link?.decidedBy, !ready)}</span>
    </>
  );
}
