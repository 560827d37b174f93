// `Menu` of the stand-in: a template kept as it was given, with a way to find and press an item.
import type { MenuItemConstructorOptions } from "electron";
import { seen } from "./machine.ts";

export class StandInMenu {
  readonly template: readonly MenuItemConstructorOptions[];

  constructor(template: readonly MenuItemConstructorOptions[] = []) {
    this.template = template;
  }

  static buildFromTemplate(template: MenuItemConstructorOptions[]): StandInMenu {
    const menu = new StandInMenu(template);
    seen.menus.push(menu);
    return menu;
  }

  static setApplicationMenu(): void {}

  /** Every line with its submenus, indented, as a person reads it. */
  get lines(): readonly string[] {
    return linesOf(this.template);
  }

  /** Presses the item reached by these beginnings of labels. Throws when there is none or it is disabled. */
  press(...labels: readonly string[]): void {
    let items: readonly MenuItemConstructorOptions[] = this.template;
    let found: MenuItemConstructorOptions | undefined;
    for (const label of labels) {
      found = items.find((item) => item.label?.startsWith(label));
      if (found === undefined) throw new Error(`no item "${label}" among: ${items.map((item) => item.label).join(" | ")}`);
      items = Array.isArray(found.submenu) ? found.submenu : [];
    }
    if (found?.enabled === false || found?.click === undefined) throw new Error(`"${labels.join(" > ")}" cannot be pressed`);
    Reflect.apply(found.click, undefined, []);
  }
}

function linesOf(items: readonly MenuItemConstructorOptions[], indent = ""): readonly string[] {
  return items.flatMap((item) => [
    item.type === "separator" ? `${indent}---` : `${indent}${item.label}`,
    ...(Array.isArray(item.submenu) ? linesOf(item.submenu, `${indent}  `) : []),
  ]);
}
