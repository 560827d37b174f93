// Copies a text and says so, to the eye and to a screen reader.
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { useHome } from "../client/home.ts";
import { words } from "../language/words.ts";

const { copying } = words.frame;

interface CopyButtonProps {
  readonly text: string;
  /** What is copied: "gateway address". */
  readonly what: string;
  readonly label?: string;
}

export function CopyButton({ text, what, label }: CopyButtonProps) {
  const { toasts } = useHome();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      toasts.push({
        tone: "error",
        title: copying.failed(what),
        body: copying.byHand(text),
      });
    }
  };
  const Icon = copied ? Check : Copy;
  return (
    <button
      type="button"
      className={label === undefined ? "icon-button" : "button"}
      title={copying.button(what)}
      onClick={() => void copy()}
    >
      <Icon size={15} aria-hidden="true" />
      {label === undefined ? <span className="sr-only">{copying.button(what)}</span> : label}
      <span className="sr-only" role="status">
        {copied ? words.common.copied : ""}
      </span>
    </button>
  );
}
