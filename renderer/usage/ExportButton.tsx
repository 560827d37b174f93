// What is shown, as CSV. A browser saves it as a file; the desktop window may not save files (S-53), so there it is copied.
import { Download } from "lucide-react";
import { useSnapshot } from "../client/home.ts";
import { CopyButton } from "../parts/CopyButton.tsx";
import { usageCsv } from "./csv.ts";
import type { Usage } from "./use-usage.ts";

export function ExportButton({ usage }: { readonly usage: Usage }) {
  const { app } = useSnapshot();
  const csv = () => usageCsv({ day: usage.days, [usage.by]: usage.parts });
  if (app.desktop) return <CopyButton text={csv()} what="figures as CSV" label="Copy as CSV" />;
  return (
    <button type="button" className="button" onClick={() => save(`homeport-usage-${usage.days.at(-1)?.name ?? "none"}.csv`, csv())}>
      <Download size={15} aria-hidden="true" />
      Save as CSV
    </button>
  );
}

function save(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
