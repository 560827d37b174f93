// Adding a node in two steps: the address is asked what it is, then the answer is confirmed. A server that is off right now can be added too.
import { type FormEvent, useEffect, useState } from "react";
import { CloudPreset, cloudPresets } from "../../src-core/contract/cloud-presets.ts";
import { type Failure, fail } from "../../src-core/contract/failure.ts";
import type { Fingerprint } from "../../src-core/contract/finding.ts";
import { nodeAddress } from "../../src-core/contract/nats.ts";
import { useHome, useSnapshot } from "../client/home.ts";
import { keyRef } from "../key-text.ts";
import { code } from "../language/code.ts";
import { words } from "../language/words.ts";
import { hostOf, nodeIdFrom, withScheme } from "../node-names.ts";
import { Dialog } from "./Dialog.tsx";
import { Field } from "./Field.tsx";
import { devicesOf, type NodeDraft, NodeFields, slotsOf } from "./NodeFields.tsx";
import { ServiceChoice, ServiceSays } from "./ServiceChoice.tsx";
import { StateMark } from "./StateMark.tsx";

const { add: say, fields } = words.nodeForms;

/** What the address answered, or why it did not. */
type Probed = { readonly found: Fingerprint } | { readonly failure: Failure };

const emptyDraft: NodeDraft = { url: "", name: "", kind: "ollama", place: "", slots: "", memory: "", keyName: "" };

interface AddNodeProps {
  readonly onClose: () => void;
  /** To the dialog that searches the network. */
  readonly onFind: () => void;
}

export function AddNode({ onClose, onFind }: AddNodeProps) {
  const [draft, setDraft] = useState(emptyDraft);
  const [probed, setProbed] = useState<Probed>();
  const [failure, setFailure] = useState<Failure>();
  const { client } = useHome();
  const { busy, run } = useAddition(draft, setFailure, onClose);
  const [checking, setChecking] = useState(false);
  const [preset, setPreset] = useState<CloudPreset>();
  const cloudAllowed = useCloudAllowed();
  const ready = probed !== undefined || preset !== undefined;
  const choose = (wanted: CloudPreset | undefined) => {
    setPreset(wanted);
    setProbed(undefined);
    setFailure(undefined);
    setDraft(wanted === undefined ? emptyDraft : draftFor(wanted));
  };
  const check = async () => {
    const url = withScheme(draft.url);
    setFailure(undefined);
    const worker = nodeAddress(url);
    if ("subject" in worker) {
      setProbed({ found: { url, kind: "nats-worker", label: words.vocabulary.kinds["nats-worker"] } });
      setDraft({ ...draft, url, name: draft.name === "" ? worker.subject.replace(/^node\./, "") : draft.name, kind: "nats-worker" });
      return;
    }
    setChecking(true);
    const reply = await client.probeNode({ url });
    setChecking(false);
    if (!reply.ok && reply.failure.kind === "invalid-request") {
      setFailure(reply.failure);
      return;
    }
    setProbed(reply.ok ? { found: reply.output } : { failure: reply.failure });
    const kind = reply.ok ? reply.output.kind : undefined;
    setDraft({ ...draft, url, name: draft.name === "" ? hostOf(url) : draft.name, ...(kind === undefined ? {} : { kind }) });
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void (ready ? run() : check());
  };
  const urlError = ready ? undefined : failure?.message;
  return (
    <Dialog title={say.title} onClose={onClose}>
      <form onSubmit={onSubmit} noValidate>
        <div className="dialog-body">
          <Field label={fields.address} error={urlError} hint={say.addressHint}>
            {(props) => (
              <input
                {...props}
                type="url"
                placeholder={code`http://studio.lan:11434`}
                spellCheck={false}
                value={draft.url}
                onChange={(event) => {
                  setDraft({ ...draft, url: event.target.value });
                  setPreset(undefined);
                  setProbed(undefined);
                  setFailure(undefined);
                }}
              />
            )}
          </Field>
          <ServiceChoice chosen={preset} onChoose={choose} />
          {preset !== undefined && <ServiceSays preset={preset} allowed={cloudAllowed} />}
          {probed !== undefined && <Answer probed={probed} />}
          {ready && <NodeFields draft={draft} failure={failure} onChange={(change) => setDraft({ ...draft, ...change })} />}
          {ready && failure !== undefined && (
            <p className="field-error" role="alert">
              {failure.message}
            </p>
          )}
        </div>
        <div className="dialog-foot">
          {!ready && (
            <button type="button" className="button foot-aside" onClick={onFind}>
              {say.findButton}
            </button>
          )}
          <button type="button" className="button" onClick={onClose}>
            {words.common.cancel}
          </button>
          <button type="submit" className="button primary" disabled={busy || checking || draft.url.trim() === ""}>
            {ready ? say.addButton : checking ? say.checking : say.checkButton}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** A service's own words for itself. Its address is the preset's, which may know better one day. */
function draftFor(preset: CloudPreset): NodeDraft {
  const { name, kind, url, keyVariable } = cloudPresets[preset];
  return { ...emptyDraft, name, kind, url, keyName: keyVariable };
}

/** Whether the settings let prompts leave the house; false until they were heard. */
function useCloudAllowed(): boolean {
  const { client } = useHome();
  const [allowed, setAllowed] = useState(false);
  useEffect(() => {
    void client.getSettings({}).then((reply) => setAllowed(reply.ok && reply.output.config.cloud.allowed));
  }, [client]);
  return allowed;
}

/** The preset whose address this is. */
function presetAt({ url, kind }: NodeDraft): CloudPreset | undefined {
  return CloudPreset.options.find((preset) => cloudPresets[preset].url === url && cloudPresets[preset].kind === kind);
}

/** Sends the draft; an id is made from its name, since scripts and headers need one without spaces. */
function useAddition(draft: NodeDraft, setFailure: (failure: Failure | undefined) => void, onClose: () => void) {
  const { client, toasts } = useHome();
  const { fleet } = useSnapshot();
  const [busy, setBusy] = useState(false);
  const run = async () => {
    const devices = devicesOf(draft.memory);
    if (devices === undefined) {
      setFailure(fail("invalid-request", say.memoryUnread, { field: "devices" }));
      return;
    }
    const id = nodeIdFrom(draft.name, Object.keys(fleet.nodes));
    const slots = slotsOf(draft.slots);
    const key = keyRef(draft.keyName);
    const preset = presetAt(draft);
    setBusy(true);
    const reply = await client.addNode({
      id,
      ...(preset === undefined ? nodeAddress(draft.url) : { preset }),
      kind: draft.kind,
      devices,
      ...(draft.name.trim() === "" ? {} : { name: draft.name.trim() }),
      ...(draft.place === "" ? {} : { place: draft.place }),
      ...(slots === undefined ? {} : { slots }),
      ...(key === undefined ? {} : { key }),
    });
    setBusy(false);
    if (!reply.ok) {
      setFailure(reply.failure);
      return;
    }
    toasts.push({ tone: "ok", title: say.added(draft.name || id) });
    onClose();
  };
  return { busy, run };
}

function Answer({ probed }: { readonly probed: Probed }) {
  if ("failure" in probed) {
    return (
      <div className="answer" role="status">
        <StateMark tone="warn" word={say.noAnswer} />
        <p>{say.noAnswerSays(probed.failure.message)}</p>
      </div>
    );
  }
  const { found } = probed;
  if (found.kind === undefined) {
    return (
      <div className="answer" role="status">
        <StateMark tone="warn" word={found.label} />
        <p>{say.unknownSays}</p>
      </div>
    );
  }
  return (
    <div className="answer" role="status">
      <StateMark tone="ok" word={say.found(found.kind, found.version, found.models)} />
      {found.known !== undefined && <p>{say.knownAs(found.known)}</p>}
    </div>
  );
}
