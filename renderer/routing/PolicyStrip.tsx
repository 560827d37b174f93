// All policies side by side with the node each would choose now. Picking one shows its reasons below; it changes no setting.
import { PresetName } from "../../src-core/contract/routing.ts";
import { words } from "../language/words.ts";
import type { Answers, Told } from "./use-explanations.ts";

const { policies: says, reasons } = words.routing;

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
      <legend>{says.title}</legend>
      {["", ...policies].map((policy) => (
        <label key={policy} className="policy" title={titleOf(policy)}>
          <input type="radio" name="policy" checked={policy === chosen} onChange={() => onChoose(policy)} />
          <span className="policy-name">{policy === "" ? says.asConfigured : policy}</span>
          <Choice told={answers?.byPolicy[policy]} nameOf={nameOf} />
        </label>
      ))}
    </fieldset>
  );
}

function titleOf(policy: string): string | undefined {
  if (policy === "") return says.asConfiguredHint;
  const preset = PresetName.safeParse(policy);
  return preset.success ? reasons.presets[preset.data] : undefined;
}

function Choice({ told, nameOf }: { readonly told: Told | undefined; readonly nameOf: (node: string) => string }) {
  if (told === undefined) return <span className="policy-node">…</span>;
  if ("failure" in told) return <span className="policy-node policy-none">{says.noAnswer}</span>;
  const { links, next } = told.explanation;
  if (next.node === undefined) return <span className="policy-node policy-none">{says.nobody}</span>;
  const link = links.find(({ candidates }) => candidates[0]?.node === next.node) ?? links[0];
  const ready = link?.candidates[0]?.readiness === "warm";
  return (
    <>
      <span className="policy-node">{nameOf(next.node)}</span>
      <span className="policy-why">{words.vocabulary.preference(link?.decidedBy, !ready)}</span>
    </>
  );
}
