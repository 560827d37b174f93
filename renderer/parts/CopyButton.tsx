// Copies a text and says so, to the eye and to a screen reader.
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { useHome } from "../client/home.ts";

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
        title: `The ${what} was not copied`,
        body: `Your browser does not allow it here. Select it by hand: ${text}`,
      });
    }
  };
  const Icon = copied ? Check : Copy;
  return (
    <button type="button" className={label === undefined ? "icon-button" : "button"} title={`Copy ${what}`} onClick={() => void copy()}>
      <Icon size={15} aria-hidden="true" />
      {label === undefined ? <span className="sr-only">Copy {what}</span> : label}
      <span className="sr-only" role="status">
        {copied ? "Copied" : ""}
      </span>
    </button>
  );
}
