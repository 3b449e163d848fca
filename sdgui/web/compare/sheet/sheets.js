// @ts-check
// The list of Compare: its sheets, newest on top, one of whose tiles is selected.

import { List } from "../../shared/gallery/list.js";
import { Sheet } from "./sheet.js";

/**
 * @typedef {ConstructorParameters<typeof List>[1]} How
 * @typedef {import("./selection.js").Selection} Selection
 * @typedef {import("../export/export.js").Exports} Exports
 * @typedef {import("../../shared/dom/menu.js").Menu} Menu
 */

export class Sheets extends List {
  /** @param {HTMLElement} element @param {How} how @param {{ menu: Menu, exports: Exports, select: (sheets: Sheets) => Selection }} parts */
  constructor(element, how, { menu, exports, select }) {
    super(element, how);
    this.menu = menu;
    this.exports = exports;
    this.selection = select(this);
  }

  /** The sheets in the order in which they are seen. */
  get sheets() {
    return this.ordered.filter((view) => view instanceof Sheet);
  }
}
