// Everything that was worth a notification, kept here because the system's own delivery is not guaranteed (UX-21).
import { Bell } from "lucide-react";
import { useState } from "react";
import type { Notice } from "../../src-core/contract/api.ts";
import { useAction, useHome } from "../client/home.ts";
import { useNow } from "../client/ticker.ts";
import { age, clockTime } from "../format.ts";
import { words } from "../language/words.ts";
import { Dialog } from "./Dialog.tsx";

const { inbox } = words.frame;

export function Inbox({ notices }: { readonly notices: readonly Notice[] }) {
  const [open, setOpen] = useState(false);
  const label = notices.length === 0 ? inbox.emptyLabel : inbox.unreadLabel(notices.length);
  return (
    <>
      <button type="button" className="icon-button inbox-button" aria-label={label} title={label} onClick={() => setOpen(true)}>
        <Bell size={16} aria-hidden="true" />
        {notices.length > 0 && <span className="inbox-count">{notices.length > 99 ? "99+" : notices.length}</span>}
      </button>
      {open && <InboxDialog notices={notices} onClose={() => setOpen(false)} />}
    </>
  );
}

function InboxDialog({ notices, onClose }: { readonly notices: readonly Notice[]; readonly onClose: () => void }) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const newest = [...notices].sort((a, b) => b.at - a.at);
  return (
    <Dialog title={inbox.title} onClose={onClose}>
      <div className="dialog-body">
        {newest.length === 0 ? (
          <p className="hint">{inbox.empty}</p>
        ) : (
          <ul className="notices">
            {newest.map((notice) => (
              <li key={notice.id} className={notice.urgent ? "notice urgent" : "notice"}>
                <strong>{notice.title}</strong>
                <NoticeAge at={notice.at} />
                <p>{notice.body}</p>
              </li>
            ))}
          </ul>
        )}
      </div>
      {newest.length > 0 && (
        <div className="dialog-foot">
          <button
            type="button"
            className="button"
            disabled={busy}
            onClick={() => void run(() => client.dismissNotices({}), { failed: inbox.clearFailed })}
          >
            {inbox.clearButton}
          </button>
        </div>
      )}
    </Dialog>
  );
}

function NoticeAge({ at }: { readonly at: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={clockTime(at)}>
      {age(at, useNow())}
    </time>
  );
}
