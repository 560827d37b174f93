// What is shown, as CSV. A browser saves it as a file; the desktop window may not save files (S-53), so there it is copied.
import { Download } from "lucide-react";
import { download } from "../client/download.ts";
import { useSnapshot } from "../client/home.ts";
import { words } from "../language/words.ts";
import { CopyButton } from "../parts/CopyButton.tsx";
import { usageCsv } from "./csv.ts";
import type { Usage } from "./use-usage.ts";

const { copyWhat, copyButton, saveButton } = words.usage.export;

export function ExportButton({ usage }: { readonly usage: Usage }) {
  const { app } = useSnapshot();
  const csv = () => usageCsv({ day: usage.days, [usage.by]: usage.parts });
  const last = usage.days.at(-1)?.name ?? "";
  if (app.desktop) return <CopyButton text={csv()} what={copyWhat} label={copyButton} />;
  return (
    <button type="button" className="button" onClick={() => download(csv(), `homeport-usage-${last}.csv`, "text/csv")}>
      <Download size={15} aria-hidden="true" />
      {saveButton}
    </button>
  );
}
