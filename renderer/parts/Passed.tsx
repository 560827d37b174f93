// What was not passed on or given back as it came: fields without a word in the node's dialect, turns left out, answers mended. Nothing where
// nothing was changed.
import type { RequestRow } from "../../src-core/contract/route.ts";
import { isTranslated } from "../dialects.ts";
import { Rich } from "../language/Rich.tsx";
import { words } from "../language/words.ts";

const said = words.request.changed;

export function Passed({ row }: { readonly row: RequestRow }) {
  const { dialect, spoken, dropped = [], repaired = [], warnings = [], rescued } = row;
  const changes: readonly string[] = [
    ...(rescued === undefined ? [] : [rescued]),
    ...repaired.map((repair) => words.vocabulary.repairs[repair]),
  ];
  if (dropped.length + warnings.length + changes.length === 0) return null;
  return (
    <section>
      <h2>{said.title}</h2>
      <ul className="changes">
        {dropped.length > 0 && (
          <li>
            <Rich
              text={isTranslated(dialect, spoken) ? said.leftOutFor(words.vocabulary.dialects[spoken], dropped.length) : said.leftOut}
              parts={{ fields: dropped.map((field) => <code key={field}>{field}</code>) }}
            />
          </li>
        )}
        {changes.map((says) => (
          <li key={says}>{says}</li>
        ))}
        {warnings.map((says) => (
          <li key={says} className="change-warning">
            {says}
          </li>
        ))}
      </ul>
    </section>
  );
}
