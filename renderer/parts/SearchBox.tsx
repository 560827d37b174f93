// A page's search: "/" reaches it, Esc empties it.
import { Search } from "lucide-react";

interface SearchBoxProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function SearchBox({ label, value, onChange }: SearchBoxProps) {
  return (
    <div className="search">
      <Search size={15} aria-hidden="true" />
      <input
        type="search"
        aria-label={label}
        aria-keyshortcuts="/"
        placeholder={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onChange("");
        }}
      />
      {value === "" && (
        <span className="search-key" aria-hidden="true">
          /
        </span>
      )}
    </div>
  );
}
