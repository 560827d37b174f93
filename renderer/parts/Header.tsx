// The bar that stands on every page: name, pages, the one address clients need, and the inbox.
import { Pause, Play } from "lucide-react";
import { useAction, useActivity, useHome, useWindowState } from "../client/home.ts";
import { modifier, type Page, pages, pageTitles } from "../client/pages.ts";
import { figure } from "../format.ts";
import { words } from "../language/words.ts";
import { CopyButton } from "./CopyButton.tsx";
import { Inbox } from "./Inbox.tsx";
import { Menu, type MenuItem } from "./Menu.tsx";

const { header, pausing } = words.frame;

export function Header({ page }: { readonly page: Page }) {
  const { snapshot } = useWindowState();
  const running = useActivity().filter((row) => row.phase !== "done").length;
  return (
    <header className="top">
      <a className="brand" href="#/nodes">
        <Mark />
        <span>{header.brand}</span>
      </a>
      <nav className="tabs" aria-label={header.pages}>
        {pages.map((tab, index) => (
          <a
            key={tab}
            href={`#/${tab}`}
            aria-current={tab === page ? "page" : undefined}
            title={`${pageTitles[tab]} (${modifier}+${index + 1})`}
          >
            {pageTitles[tab]}
            {tab === "activity" && running > 0 && (
              <span className="tab-count">
                {figure(running)}
                <span className="sr-only">{header.running}</span>
              </span>
            )}
          </a>
        ))}
      </nav>
      {snapshot !== undefined && (
        <div className="top-end">
          <div className="address">
            <span className="address-label">{header.gateway}</span>
            <code>{snapshot.gateway.url}</code>
            <CopyButton text={snapshot.gateway.url} what={header.gatewayAddress} />
          </div>
          <PauseButton paused={snapshot.fleet.paused !== undefined} />
          <Inbox notices={snapshot.notices} />
        </div>
      )}
    </header>
  );
}

function PauseButton({ paused }: { readonly paused: boolean }) {
  const { client } = useHome();
  const { run } = useAction();
  if (paused) {
    const resume = () => void run(() => client.resumeRouting({}), { failed: pausing.resumeFailed, done: pausing.resumed });
    return (
      <button type="button" className="icon-button" aria-label={pausing.resumeButton} title={pausing.resumeButton} onClick={resume}>
        <Play size={16} aria-hidden="true" />
      </button>
    );
  }
  const item = (label: string, minutes: number | null): MenuItem => ({
    label,
    run: () => void run(() => client.pauseRouting({ minutes }), { failed: pausing.failed }),
  });
  return (
    <Menu
      label={pausing.button}
      icon={<Pause size={16} aria-hidden="true" />}
      items={[item(pausing.quarterHour, 15), item(pausing.hour, 60), item(pausing.open, null)]}
    />
  );
}

function Mark() {
  return (
    <svg className="mark" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
      <path d="M12 3v18M5 12a7 7 0 0 0 14 0M8.5 8h7" />
      <circle cx="12" cy="4.5" r="1.9" />
    </svg>
  );
}
