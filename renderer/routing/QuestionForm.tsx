// What is asked: a name from a list one can search, and, if wished, a request body to judge as it stands. Nothing is sent anywhere, nothing is kept.
import { useId } from "react";
import { Dialect } from "../../src-core/contract/node-kinds.ts";
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

const kindWords = { profile: "profile", alias: "alias", model: "model", auto: "auto-router" } as const;

export function QuestionForm({ question, names, error, onChange }: QuestionFormProps) {
  const listId = useId();
  return (
    <div className="question">
      <div className="question-line">
        <Field label="Model, profile or alias">
          {(props) => (
            <input
              {...props}
              type="text"
              list={listId}
              autoComplete="off"
              spellCheck={false}
              placeholder="llama3.1:8b"
              value={question.name}
              onChange={(event) => onChange({ ...question, name: event.target.value })}
            />
          )}
        </Field>
        <Field label="The client speaks">
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
            {kindWords[kind]}
          </option>
        ))}
      </datalist>
      <details className="more" open={question.body !== "" ? true : undefined}>
        <summary>With a request body</summary>
        <Field
          label="Request body (JSON)"
          error={error}
          hint="Rules and abilities are judged by it: images, tools, length. It is looked at once and kept nowhere."
        >
          {(props) => (
            <textarea
              {...props}
              rows={6}
              spellCheck={false}
              autoComplete="off"
              placeholder={'{ "messages": [{ "role": "user", "content": "…" }] }'}
              value={question.body}
              onChange={(event) => onChange({ ...question, body: event.target.value })}
            />
          )}
        </Field>
      </details>
    </div>
  );
}
