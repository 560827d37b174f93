// Capture of requests (S-82): off until a person switches it on here, for one app and a quarter of an hour. No setting: nothing of it is saved.
import { useState } from "react";
import { captureMinutes, mostCaptured } from "../../../src-core/contract/capture.ts";
import type { Config } from "../../../src-core/contract/config.ts";
import { capturedSays } from "../../activity/capture-words.ts";
import { useAction, useHome, useSnapshot } from "../../client/home.ts";
import { useNow } from "../../client/ticker.ts";
import { count, countdown } from "../../format.ts";
import { Field } from "../Field.tsx";
import { Section } from "./Section.tsx";

const about = `To see what an app really sends and gets. It is off until you switch it on, and ends by itself after ${captureMinutes} minutes.`;
const kept = `At most ${mostCaptured} requests with their answers, in memory only and with keys hidden: never on disk, in the log or in an export, and never \
sent anywhere. When it ends, when you stop it and when Homeport quits, they are gone.`;

export function CaptureSection({ config }: { readonly config: Config }) {
  const { capture } = useSnapshot();
  return (
    <Section title="Capture requests" about={about}>
      {capture === undefined ? <SwitchOn clients={config.clients.map(({ name }) => name)} /> : <Running />}
      <p className="hint">{kept}</p>
    </Section>
  );
}

/** The value of a choice; no key is called so. */
const nobody = "";

function SwitchOn({ clients }: { readonly clients: readonly string[] }) {
  const { client: engine } = useHome();
  const { busy, run } = useAction();
  const [chosen, setChosen] = useState(nobody);
  const start = () => void run(() => engine.startCapture({ client: chosen === nobody ? null : chosen }), { failed: "Nothing is captured" });
  return (
    <>
      {clients.length > 0 && (
        <Field label="Of which app">
          {(field) => (
            <select {...field} value={chosen} onChange={(event) => setChosen(event.target.value)}>
              <option value={nobody}>Apps without a key of their own</option>
              {clients.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
      )}
      <div className="section-acts">
        <button type="button" className="button" disabled={busy} onClick={start}>
          Capture for {captureMinutes} minutes
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
  const again = () => void run(() => client.startCapture({ client: capture.client }), { failed: "The time was not prolonged" });
  const stop = () => void run(() => client.stopCapture({}), { failed: "Capture was not stopped", done: "Captured requests are forgotten" });
  return (
    <>
      <p>
        Capturing {capturedSays(capture, gateway)}: {count(capture.requests.length, "request")} so far, ends in{" "}
        {countdown(capture.until, now)}. Open a request in <a href="#/activity">Activity</a> to read it.
      </p>
      <div className="section-acts">
        <button type="button" className="button" disabled={busy} onClick={stop}>
          Stop and forget
        </button>
        <button type="button" className="button" disabled={busy} onClick={again}>
          Restart the {captureMinutes} minutes
        </button>
      </div>
    </>
  );
}
