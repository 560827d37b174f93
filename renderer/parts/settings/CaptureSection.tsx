// Capture of requests (S-82): off until a person switches it on here, for one app and a quarter of an hour. No setting: nothing of it is saved.
import { useState } from "react";
import { captureMinutes, mostCaptured } from "../../../src-core/contract/capture.ts";
import type { Config } from "../../../src-core/contract/config.ts";
import { capturedSays } from "../../activity/capture-words.ts";
import { useAction, useHome, useSnapshot } from "../../client/home.ts";
import { useNow } from "../../client/ticker.ts";
import { countdown } from "../../format.ts";
import { Rich } from "../../language/Rich.tsx";
import { words } from "../../language/words.ts";
import { Field } from "../Field.tsx";
import { Section } from "./Section.tsx";

const { capture: says } = words.settings;

export function CaptureSection({ config }: { readonly config: Config }) {
  const { capture } = useSnapshot();
  return (
    <Section title={says.title} about={says.about(captureMinutes)}>
      {capture === undefined ? <SwitchOn clients={config.clients.map(({ name }) => name)} /> : <Running />}
      <p className="hint">{says.kept(mostCaptured)}</p>
    </Section>
  );
}

/** The value of a choice; no key is called so. */
const nobody = "";

function SwitchOn({ clients }: { readonly clients: readonly string[] }) {
  const { client: engine } = useHome();
  const { busy, run } = useAction();
  const [chosen, setChosen] = useState(nobody);
  const start = () => void run(() => engine.startCapture({ client: chosen === nobody ? null : chosen }), { failed: says.startFailed });
  return (
    <>
      {clients.length > 0 && (
        <Field label={says.app}>
          {(field) => (
            <select {...field} value={chosen} onChange={(event) => setChosen(event.target.value)}>
              <option value={nobody}>{says.keylessApps}</option>
              {clients.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
      )}
      <div className="section-acts">
        <button type="button" className="button" disabled={busy} onClick={start}>
          {says.startButton(captureMinutes)}
        </button>
      </div>
    </>
  );
}

function Running() {
  const { client } = useHome();
  const { capture, gateway } = useSnapshot();
  const { busy, run } = useAction();
  const now = useNow();
  if (capture === undefined) return null;
  const again = () => void run(() => client.startCapture({ client: capture.client }), { failed: says.prolongFailed });
  const stop = () => void run(() => client.stopCapture({}), { failed: says.stopFailed, done: says.stopped });
  return (
    <>
      <p>
        <Rich
          text={says.running}
          parts={{
            what: capturedSays(capture, gateway),
            requests: says.requests(capture.requests.length),
            left: countdown(capture.until, now),
            activity: <a href="#/activity">{says.activity}</a>,
          }}
        />
      </p>
      <div className="section-acts">
        <button type="button" className="button" disabled={busy} onClick={stop}>
          {says.stopButton}
        </button>
        <button type="button" className="button" disabled={busy} onClick={again}>
          {says.prolongButton(captureMinutes)}
        </button>
      </div>
    </>
  );
}
