// The answer: one sentence first, then what the name came to mean, then each link of the chain with its candidates.
import type { Explanation } from "../../src-core/contract/route.ts";
import { words } from "../language/words.ts";
import { Candidates, Rejected } from "./Candidates.tsx";
import { answerSays, linkSays } from "./reasons.ts";
import type { Told } from "./use-explanations.ts";

const { answer, candidates, reasons } = words.routing;

interface AnswerProps {
  readonly told: Told;
  readonly nameOf: (node: string) => string;
}

export function Answer({ told, nameOf }: AnswerProps) {
  if ("failure" in told) {
    const near = told.failure.near ?? [];
    return (
      <div className="routed routed-none">
        <p className="routed-says">{told.failure.message}</p>
        {near.length > 0 && <p className="hint">{answer.similarNames(near)}</p>}
      </div>
    );
  }
  const { explanation } = told;
  const { asked, dialect, resolution, policy, links, next } = explanation;
  return (
    <div className={next.do === "fail" ? "routed routed-none" : "routed"}>
      <p className="routed-says">{answerSays(explanation, nameOf)}</p>
      <p className="hint">
        {resolution.because === "model" && links.length === 1 ? "" : `${reasons.resolution(asked, resolution)} `}
        {answer.policy(policy.name, policy.preferences)}
      </p>
      {links.map((link, at) => (
        <LinkPart key={linkKey(link, at)} link={link} dialect={dialect} place={at} of={links.length} asked={asked} nameOf={nameOf} />
      ))}
    </div>
  );
}

type Link = Explanation["links"][number];

const linkKey = ({ link }: Link, at: number): string => `${at} ${link.model ?? link.requires ?? ""}`;

interface LinkPartProps {
  readonly link: Link;
  readonly dialect: Explanation["dialect"];
  readonly place: number;
  readonly of: number;
  readonly asked: string;
  readonly nameOf: (node: string) => string;
}

function LinkPart({ link, dialect, place, of, asked, nameOf }: LinkPartProps) {
  const says = linkSays(link.link, asked);
  return (
    <section className="chain-link">
      <h2>
        {of > 1 && <span className="chain-place">{place === 0 ? answer.first : answer.next}</span>}
        <span className="chain-name">{says}</span>
        {link.link.profile !== undefined && <span className="badge">{answer.profile(link.link.profile)}</span>}
      </h2>
      {link.relaxed !== undefined && <p className="relaxed">{reasons.relaxed(link.relaxed)}</p>}
      {link.candidates.length === 0 && <p className="hint">{answer.nobody}</p>}
      <Candidates link={link} dialect={dialect} caption={candidates.caption(says)} nameOf={nameOf} />
      <Rejected link={link} nameOf={nameOf} />
    </section>
  );
}
