// Where would this go now, and why: a question, the answer under every policy, and the rules as they are configured. Looking changes nothing.
import { useDeferredValue, useState } from "react";
import { useSnapshot } from "../client/home.ts";
import { useSettings } from "../client/use-settings.ts";
import { Answer } from "../routing/Answer.tsx";
import { Configured } from "../routing/Configured.tsx";
import { PolicyStrip } from "../routing/PolicyStrip.tsx";
import { QuestionForm } from "../routing/QuestionForm.tsx";
import { asCall, askableNames, firstName, policyNames, type Question } from "../routing/question.ts";
import { useExplanations } from "../routing/use-explanations.ts";

export function Routing() {
  const { settings, failure } = useSettings();
  return (
    <>
      <div className="page-head">
        <h1>Routing</h1>
        <p className="summary">Where would a request go now? Nothing is sent, and nothing changes.</p>
      </div>
      {/* The question begins with a profile, so it waits for the settings; without them it begins with a model. */}
      {(settings !== undefined || failure !== undefined) && <Asking config={settings?.config} />}
      {settings === undefined && failure === undefined && <p role="status">Reading the settings…</p>}
      {settings === undefined && failure !== undefined && (
        <p className="standing" role="alert">
          The rules could not be read. {failure.message}
        </p>
      )}
      {settings !== undefined && <Configured settings={settings} />}
    </>
  );
}

function Asking({ config }: { readonly config: Parameters<typeof askableNames>[1] }) {
  const { fleet } = useSnapshot();
  const [question, setQuestion] = useState<Question>(() => ({ name: firstName(fleet, config), body: "", policy: "", dialect: "openai" }));
  const settled = useDeferredValue(question);
  const asked = asCall(settled);
  const policies = policyNames(config);
  const answers = useExplanations(asked !== undefined && "input" in asked ? asked.input : undefined, policies);
  const nameOf = (node: string) => fleet.nodes[node]?.name ?? node;
  const told = answers?.byPolicy[question.policy];
  return (
    <section className="asking" aria-label="Where would this go now?">
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
