// The dry run: a question, the answer under every policy, and the reasons. With a draft it answers as if the draft were saved. Nothing is sent.
import { useDeferredValue, useState } from "react";
import type { Config } from "../../src-core/contract/config.ts";
import { useSnapshot } from "../client/home.ts";
import { words } from "../language/words.ts";
import { Answer } from "./Answer.tsx";
import { PolicyStrip } from "./PolicyStrip.tsx";
import { QuestionForm } from "./QuestionForm.tsx";
import { asCall, askableNames, firstName, policyNames, type Question } from "./question.ts";
import { type Input, useExplanations } from "./use-explanations.ts";

interface AskingProps {
  /** With the draft in it, where there is one. */
  readonly config: Config | undefined;
  /** The draft as it would be written; absent: as configured. */
  readonly routing?: Input["routing"];
}

export function Asking({ config, routing }: AskingProps) {
  const { fleet } = useSnapshot();
  const [question, setQuestion] = useState<Question>(() => ({ name: firstName(fleet, config), body: "", policy: "", dialect: "openai" }));
  const settled = useDeferredValue(question);
  const asked = asCall(settled);
  const policies = policyNames(config);
  const input = asked !== undefined && "input" in asked ? asked.input : undefined;
  const answers = useExplanations(input === undefined || routing === undefined ? input : { ...input, routing }, policies);
  const nameOf = (node: string) => fleet.nodes[node]?.name ?? node;
  const told = answers?.byPolicy[question.policy];
  return (
    <section className="asking" aria-label={words.routing.question.title}>
      <QuestionForm
        question={question}
        names={askableNames(fleet, config)}
        error={asked !== undefined && "says" in asked ? asked.says : undefined}
        onChange={setQuestion}
      />
      {answers !== undefined && (
        <PolicyStrip
          policies={policies}
          answers={answers}
          chosen={question.policy}
          onChoose={(policy) => setQuestion({ ...question, policy })}
          nameOf={nameOf}
        />
      )}
      {told !== undefined && <Answer told={told} nameOf={nameOf} />}
    </section>
  );
}
