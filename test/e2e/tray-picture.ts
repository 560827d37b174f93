// The tray's menu as a picture: the very entries that the application hands to the system (electron/tray-menu.ts), with its own icon, drawn by a
// browser in the way a desktop would. Where the picture and the application differ, the picture is made anew.
import type { Page } from "playwright/test";
import { english } from "../../electron/language/en.ts";
import { trayBitmap } from "../../electron/tray-image.ts";
import { type TrayEntry, trayMenu, trayStatus } from "../../electron/tray-menu.ts";
import type { Snapshot } from "../../src-core/contract/api.ts";

const iconPx = 22;
const scale = 2;

const styles = `
  * { margin: 0; box-sizing: border-box }
  body { width: 660px; background: #3a4650; color: #1d242a; font: 14px/1.35 "Cantarell", "Ubuntu", "Noto Sans", "Liberation Sans", sans-serif }
  .bar { height: 30px; padding-inline: 14px; display: flex; align-items: center; justify-content: flex-end; background: #20272d; color: #eee }
  .bar canvas { width: ${iconPx}px; height: ${iconPx}px }
  .menus { display: flex; align-items: start; justify-content: flex-end; gap: 3px; padding: 5px 14px 18px }
  ul { padding: 5px; list-style: none; border-radius: 9px; background: #fafbfc; box-shadow: 0 5px 16px #0007 }
  li { display: flex; gap: 24px; justify-content: space-between; padding: 4px 11px; border-radius: 5px; white-space: nowrap }
  li.words { color: #66727c } li.open { background: #dbe5ee }
  li.separator { height: 1px; margin: 5px 6px; padding: 0; background: #d5dbe0 }
  li.submenu::after { content: "›"; color: #66727c }
  #under { margin-top: var(--under); flex: none }
`;

/** What is shown of an entry; "&&" is how a menu is told of one "&". */
const shown = (entry: TrayEntry) => ({ kind: entry.kind, label: entry.kind === "separator" ? "" : entry.label.replaceAll("&&", "&") });

/** Fills the page with the menu for `snapshot`, its first model's own menu open, and photographs it. */
export async function trayPicture(page: Page, snapshot: Snapshot): Promise<Buffer> {
  const entries = trayMenu(snapshot, "linux", english.tray);
  const opened = entries.findIndex((entry) => entry.kind === "submenu" && entry.label !== "Load");
  const under = entries[opened];
  const { pixels } = trayBitmap(trayStatus(snapshot, english.tray).state, iconPx * scale, false);
  await page.setContent(`<!doctype html><style>${styles}</style><div class="bar"><canvas></canvas></div><div class="menus"></div>`);
  await page.evaluate(draw, {
    lists: [under?.kind === "submenu" ? under.entries.map(shown) : [], entries.map(shown)],
    opened,
    pixels: [...pixels],
    size: iconPx * scale,
  });
  const box = await page.locator("body").boundingBox();
  if (box === null) throw new Error("The menu was not drawn.");
  return page.screenshot({ clip: box });
}

interface Drawn {
  readonly lists: readonly (readonly { readonly kind: string; readonly label: string }[])[];
  readonly opened: number;
  readonly pixels: readonly number[];
  readonly size: number;
}

/** Runs in the page. The icon's bytes are blue, green, red, alpha, premultiplied; a canvas wants red first and plain colours. */
function draw({ lists, opened, pixels, size }: Drawn): void {
  const canvas = document.querySelector("canvas");
  const menus = document.querySelector<HTMLElement>(".menus");
  const context = canvas?.getContext("2d");
  if (!canvas || !context || !menus) return;
  canvas.width = size;
  canvas.height = size;
  const image = new ImageData(size, size);
  for (let at = 0; at < pixels.length; at += 4) {
    const [blue = 0, green = 0, red = 0, alpha = 0] = pixels.slice(at, at + 4);
    image.data.set([...[red, green, blue].map((value) => (alpha === 0 ? 0 : (value * 255) / alpha)), alpha], at);
  }
  context.putImageData(image, 0, 0);
  lists.forEach((entries, index) => {
    const list = document.createElement("ul");
    for (const [place, { kind, label }] of entries.entries()) {
      const item = document.createElement("li");
      item.className = index === 1 && place === opened ? `${kind} open` : kind;
      item.textContent = label;
      list.append(item);
    }
    if (index === 0) list.id = "under";
    menus.append(list);
  });
  const open = document.querySelector<HTMLElement>("li.open");
  menus.style.setProperty("--under", `${(open?.offsetTop ?? 0) - menus.offsetTop - 10}px`);
}
