// One captured request: what was sent and answered, to read, to copy and to forget (S-82). It is asked for when it is opened, and kept nowhere else.
import { type ReactNode, useCallback } from "react";
import type { Client, Snapshot } from "../../src-core/contract/api.ts";
import type { Captured, CapturedText } from "../../src-core/contract/capture.ts";
import type { RequestRow } from "../../src-core/contract/route.ts";
import { answerSays, lengthSays, readable } from "../activity/capture-words.ts";
import { curlOf } from "../activity/curl.ts";
import { useAction, useHome, useSnapshot } from "../client/home.ts";
import { useRead } from "../client/use-read.ts";
import { words } from "../language/words.ts";
import { CopyButton } from "./CopyButton.tsx";

const said = words.request.captured;

/** True while this request can be read. */
export function isCaptured({ capture }: Snapshot, { id }: RequestRow): boolean {
  return capture?.requests.includes(id) === true;
}

/** Nothing where this request was not captured. */
export function CapturedSection({ row }: { readonly row: RequestRow }) {
  // Read anew in each phase: what comes meanwhile can be asked for.
  return isCaptured(useSnapshot(), row) ? <Kept key={row.phase} row={row} /> : null;
}

function Kept({ row }: { readonly row: RequestRow }) {
  const { id } = row;
  const { client } = useHome();
  const { busy, run } = useAction();
  const read = useCallback((from: Client) => from.captured({ request: id }), [id]);
  const { value, failure, reload } = useRead(read);
  const forget = () => void run(() => client.forgetCaptured({ request: id }), { failed: said.notForgotten, done: said.forgotten });
  return (
    <section aria-label={said.title}>
      <h2>{said.title}</h2>
      {failure !== undefined && (
        <p className="field-error" role="alert">
          {failure.message}
        </p>
      )}
      {value === undefined && failure === undefined && <p role="status">{said.reading}</p>}
      {value !== undefined && <Texts captured={value} row={row} />}
      <div className="copies">
        {(failure !== undefined || value?.state === "running") && (
          <button type="button" className="button" onClick={reload}>
            {said.readAgainButton}
          </button>
        )}
        <button type="button" className="button" disabled={busy} onClick={forget}>
          {said.forgetButton}
        </button>
      </div>
    </section>
  );
}

function Texts({ captured, row }: { readonly captured: Captured; readonly row: RequestRow }) {
  const { gateway } = useSnapshot();
  const { request, answer } = captured;
  return (
    <>
      <Text said={said.request} says={lengthSays(request)} text={request}>
        {!request.cut && <CopyButton text={curlOf(row, gateway, request.text)} what={said.copyCurlWhat} label={said.copyCurlButton} />}
      </Text>
      <Text said={said.answer} says={words.common.list([answerSays(captured), lengthSays(answer)])} text={answer} />
    </>
  );
}

interface TextProps {
  readonly said: typeof said.request;
  readonly says: string;
  readonly text: CapturedText;
  readonly children?: ReactNode;
}

function Text({ said: { title, copyWhat, textName }, says, text, children }: TextProps) {
  const shown = readable(text);
  return (
    <div className="captured">
      <div className="captured-head">
        <h3>{title}</h3>
        <span className="hint">{says}</span>
        {shown !== "" && <CopyButton text={shown} what={copyWhat} />}
        {children}
      </div>
      {shown !== "" && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <section className="captured-text" tabIndex={0} aria-label={textName}>
          <pre>{shown}</pre>
        </section>
      )}
    </div>
  );
}
