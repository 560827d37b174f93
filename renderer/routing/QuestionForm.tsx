// What is asked: a name from a list one can search, and, if wished, a request body to judge as it stands. Nothing is sent anywhere, nothing is kept.
import { useId } from "react";
import { Dialect } from "../../src-core/contract/node-kinds.ts";
import { code } from "../language/code.ts";
import { words } from "../language/words.ts";
import { Field } from "../parts/Field.tsx";
import type { AskableName, Question } from "./question.ts";

interface QuestionFormProps {
  readonly question: Question;
  readonly names: readonly AskableName[];
  /** What is wrong with the body, as a sentence. */
  readonly error: string | undefined;
  readonly onChange: (question: Question) => void;
}

const says = words.routing.question;

export function QuestionForm({ question, names, error, onChange }: QuestionFormProps) {
  const listId = useId();
  return (
    <div className="question">
      <div className="question-line">
        <Field label={says.name}>
          {(props) => (
            <input
              {...props}
              type="text"
              list={listId}
              autoComplete="off"
              spellCheck={false}
              placeholder={code`llama3.1:8b`}
              value={question.name}
              onChange={(event) => onChange({ ...question, name: event.target.value })}
            />
          )}
        </Field>
        <Field label={says.dialect}>
          {(props) => (
            <select
              {...props}
              value={question.dialect}
              onChange={(event) => onChange({ ...question, dialect: Dialect.parse(event.target.value) })}
            >
              {Dialect.options.map((dialect) => (
                <option key={dialect} value={dialect}>
                  {words.vocabulary.dialects[dialect]}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <datalist id={listId}>
        {names.map(({ name, kind }) => (
          <option key={name} value={name}>
            {says.kinds[kind]}
          </option>
        ))}
      </datalist>
      <details className="more" open={question.body !== "" ? true : undefined}>
        <summary>{says.withBody}</summary>
        <Field label={says.body} error={error} hint={says.bodyHint}>
          {(props) => (
            <textarea
              {...props}
              rows={6}
              spellCheck={false}
              autoComplete="off"
              placeholder={code`{ "messages": [{ "role": "user", "content": "…" }] }`}
              value={question.body}
              onChange={(event) => onChange({ ...question, body: event.target.value })}
            />
          )}
        </Field>
      </details>
    </div>
  );
}
