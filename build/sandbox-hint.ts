// Why Chromium's sandbox cannot start on this Linux, as far as the kernel's own switches tell. Rule: the sandbox is never switched off for anyone
// to make a start succeed; a person is told what allows it (S-59).
import { readFileSync } from "node:fs";

/** Each switch, the word by which it forbids user namespaces, and the word that allows them. */
const switches = [
  {
    path: "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
    forbids: "1",
    allows: "sysctl kernel.apparmor_restrict_unprivileged_userns=0",
  },
  { path: "/proc/sys/kernel/unprivileged_userns_clone", forbids: "0", allows: "sysctl kernel.unprivileged_userns_clone=1" },
  { path: "/proc/sys/user/max_user_namespaces", forbids: "0", allows: "sysctl user.max_user_namespaces=10000" },
] as const;

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // A kernel without this switch does not forbid by it.
    return undefined;
  }
}

/** A sentence that says what is in the way and what mends it; undefined where nothing is known to be. `read`: a file's text, if it is there. */
export function sandboxHint(read: (path: string) => string | undefined = textOf): string | undefined {
  const found = switches.find(({ path, forbids }) => read(path)?.trim() === forbids);
  if (found === undefined) return undefined;
  return `This system does not let programs make user namespaces, which the window's sandbox needs. Allow it with \`sudo ${found.allows}\`, or install the .deb or .rpm package.`;
}
