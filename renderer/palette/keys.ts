// Every key of the window, once: what the "?" dialog lists.
import { modifier, pages, pageTitles } from "../client/pages.ts";
import { words } from "../language/words.ts";

export interface KeyLine {
  readonly keys: string;
  readonly does: string;
}

const { commands, keys } = words.palette;
const { names } = keys;

export const keyLines: readonly KeyLine[] = [
  { keys: `${modifier}+K`, does: keys.find },
  ...pages.map((page, index) => ({ keys: `${modifier}+${index + 1}`, does: commands.openPage(pageTitles[page]) })),
  { keys: "/", does: keys.search },
  { keys: names.escape, does: keys.close },
  { keys: "↑ ↓", does: keys.move },
  { keys: names.enter, does: keys.choose },
  { keys: names.tab, does: keys.next },
  { keys: `${modifier}+Z`, does: keys.undo },
  { keys: `${modifier}+S`, does: keys.save },
  { keys: `${names.alternate}+↑ ↓`, does: keys.moveEntry },
  { keys: "?", does: keys.show },
];
