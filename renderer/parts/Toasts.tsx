// Messages at the corner. Two live regions stand from the start: news is announced politely, errors at once (WCAG 4.1.3).
import { CircleAlert, CircleCheck, Info, X } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";
import { useHome } from "../client/home.ts";
import type { Toast } from "../client/toasts.ts";
import { words } from "../language/words.ts";

const icons = { ok: CircleCheck, info: Info, error: CircleAlert } as const;

export function Toasts() {
  const { toasts, store } = useHome();
  const list = useSyncExternalStore(toasts.subscribe, toasts.list);
  useEffect(
    () => store.onNotice((notice) => toasts.push({ tone: notice.urgent ? "error" : "info", title: notice.title, body: notice.body })),
    [store, toasts],
  );
  const errors = list.filter((toast) => toast.tone === "error");
  const news = list.filter((toast) => toast.tone !== "error");
  return (
    <div className="toasts">
      <div role="status" aria-label={words.frame.toasts.news}>
        {news.map((toast) => (
          <ToastLine key={toast.id} toast={toast} onClose={() => toasts.dismiss(toast.id)} />
        ))}
      </div>
      <div role="alert" aria-label={words.frame.toasts.errors}>
        {errors.map((toast) => (
          <ToastLine key={toast.id} toast={toast} onClose={() => toasts.dismiss(toast.id)} />
        ))}
      </div>
    </div>
  );
}

function ToastLine({ toast, onClose }: { readonly toast: Toast; readonly onClose: () => void }) {
  const Icon = icons[toast.tone];
  const { action } = toast;
  return (
    <div className={`toast toast-${toast.tone}`}>
      <Icon size={17} aria-hidden="true" />
      <div className="toast-text">
        <strong>{toast.title}</strong>
        {toast.body !== undefined && <p>{toast.body}</p>}
        {action !== undefined && (
          <button
            type="button"
            className="button small"
            onClick={() => {
              onClose();
              action.run();
            }}
          >
            {action.label}
          </button>
        )}
      </div>
      <button type="button" className="icon-button" aria-label={words.frame.toasts.dismiss(toast.title)} onClick={onClose}>
        <X size={15} aria-hidden="true" />
      </button>
    </div>
  );
}
