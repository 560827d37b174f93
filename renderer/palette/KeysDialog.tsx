// All keys of the window in one list.
import { words } from "../language/words.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { keyLines } from "./keys.ts";

export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title={words.palette.keys.title} onClose={onClose}>
      <div className="dialog-body">
        <dl className="key-list">
          {keyLines.map(({ keys, does }) => (
            <div key={keys}>
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Dialog>
  );
}
