// Every key of the window, once: what the "?" dialog lists.
import { modifier, pages, pageTitles } from "../client/pages.ts";

export interface KeyLine {
  readonly keys: string;
  readonly does: string;
}

export const keyLines: readonly KeyLine[] = [
  { keys: `${modifier}+K`, does: "Find a command, a node or a model" },
  ...pages.map((page, index) => ({ keys: `${modifier}+${index + 1}`, does: `Open ${pageTitles[page]}` })),
  { keys: "/", does: "Search this page" },
  { keys: "Esc", does: "Close what lies on top, or empty the search" },
  { keys: "↑ ↓", does: "Move in lists, menus and the requests" },
  { keys: "Enter", does: "Choose, or open the details" },
  { keys: "Tab", does: "Go to the next control" },
  { keys: `${modifier}+Z`, does: "Take back a change while editing the routing; with Shift, bring it again" },
  { keys: `${modifier}+S`, does: "Save the routing that is edited" },
  { keys: "Alt+↑ ↓", does: "Move an entry of a list that is edited" },
  { keys: "?", does: "Show these keys" },
];
