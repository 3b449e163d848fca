// @ts-check
// What guests may do: saved as it is changed, and said at its field where that fails.

import { make } from "../shared/dom/dom.js";
import { size } from "../shared/dreams/words.js";
import { tell, wordsOf } from "../shared/fetch/ask.js";
import { icon } from "./icons.js";
import { NumberField } from "./number-field.js";
import { Part } from "./part.js";
import { square, toggled, withNow } from "./words.js";

/**
 * @typedef {import("./told.js").Limits} Limits
 * @typedef {import("./told.js").OfferedModel} OfferedModel
 */

const PIXELS = [256, 512, 768, 1024, 1536, 2048].map((side) => side * side);
const DISK = [100e6, 200e6, 500e6, 1e9, 5e9, 20e9];
const DISK_ALL = [1e9, 5e9, 10e9, 50e9, 200e9];
const UPLOAD = [5e6, 10e6, 20e6, 50e6];
/** @type {{ name: "steps" | "pictures" | "dreams_a_minute" | "waiting" | "waiting_all", label: string, high: number, isEndless?: boolean }[]} */
const NUMBERS = [
  { name: "steps", label: "Steps, up to", high: 1000 },
  { name: "pictures", label: "Pictures per dream", high: 512 },
  { name: "dreams_a_minute", label: "Dreams a minute", high: 1000 },
  { name: "waiting", label: "Pictures waiting", high: 512, isEndless: false },
  { name: "waiting_all", label: "Waiting of all together", high: 4096 },
];

export class LimitsPart {
  /** `changed` is told of limits that hold now. @param {(limits: Limits) => void} changed */
  constructor(changed) {
    this.changed = changed;
    this.part = new Part("limits", "What guests may do");
    this.element = this.part.element;
    /** @type {OfferedModel[]} */
    this.offered = [];
    this.models = make("div", { className: "share-chips", role: "group", aria: { label: "Models", describedby: "share-models-fault" } });
    this.modelsFault = make("p", { className: "share-fault", id: "share-models-fault", role: "alert" });
    this.numbers = new Map(NUMBERS.map((one) => [one.name, new NumberField({ id: `share-${one.name}`, low: 1, ...one, save: (value) => this.save({ [one.name]: value }) })]));
    this.pixels = this.select("pixels", "Pixels, up to", square);
    this.disk = this.select("disk", "Disk for each guest", size);
    this.diskAll = this.select("disk_all", "Disk of all together", size);
    this.upload = this.select("upload", "Files they send, up to", size);
    this.first = this.check("owner_first", "My dreams go first");
    this.invited = this.check("invited_only", "Only who has an invitation");
    const [steps, ...others] = [...this.numbers.values()].map(({ element }) => element);
    this.part.body.append(
      make("div", { className: "share-models" }, make("p", { className: "share-label", textContent: "Models" }), this.models, this.modelsFault),
      steps, this.pixels.element, ...others, this.disk.element, this.diskAll.element, this.upload.element, this.first.element, this.invited.element);
  }

  /** @param {Partial<Limits>} what @returns {Promise<void>} */
  async save(what) {
    this.changed(await tell("/share/limits", what, "PUT"));
  }

  /** @param {Limits} limits @param {OfferedModel[]} models */
  tell(limits, models) {
    for (const [name, field] of this.numbers) field.tell(limits[name]);
    this.pixels.tell(limits.pixels, PIXELS);
    this.disk.tell(limits.disk, DISK);
    this.diskAll.tell(limits.disk_all ?? null, DISK_ALL);
    this.upload.tell(limits.upload, UPLOAD);
    this.first.tell(limits.owner_first);
    this.invited.tell(limits.invited_only);
    this.tellModels(models);
  }

  /** @param {OfferedModel[]} models */
  tellModels(models) {
    const was = this.offered.map(({ model, title }) => `${model}\n${title}`).join("\n\n");
    this.offered = models;
    if (was !== models.map(({ model, title }) => `${model}\n${title}`).join("\n\n")) this.models.replaceChildren(...models.map((one) => this.chip(one)));
    for (const [i, chip] of [...this.models.children].entries()) chip.setAttribute("aria-pressed", String(models[i].allowed));
  }

  /** @param {OfferedModel} one */
  chip({ model, title }) {
    const element = make("button", { type: "button", className: "share-chip", title: model }, icon("check"), title);
    element.addEventListener("click", () => this.turn(model));
    return element;
  }

  /** @param {string} model */
  async turn(model) {
    const models = toggled(this.offered, model);
    this.modelsFault.textContent = models?.length === 0 ? "Guests need one model at least." : "";
    if (models?.length === 0) return;
    this.tellModels(this.offered.map((one) => ({ ...one, allowed: models === null || models.includes(one.model) })));
    try {
      await this.save({ models });
    } catch (error) {
      this.modelsFault.textContent = wordsOf(error);
    }
  }

  /** A limit that is one of few. @param {"pixels" | "disk" | "disk_all" | "upload"} name @param {string} label @param {(value: number) => string} wordsFor */
  select(name, label, wordsFor) {
    const fault = make("p", { className: "share-fault", id: `share-${name}-fault`, role: "alert" });
    const select = make("select", { id: `share-${name}`, aria: { describedby: fault.id } });
    const element = make("div", { className: "share-row share-field" }, make("label", { htmlFor: select.id, textContent: label }), select, fault);
    let isSaving = false;
    select.addEventListener("change", async () => {
      isSaving = true;
      fault.textContent = await this.tried({ [name]: select.value === "" ? null : Number(select.value) });
      isSaving = false;
    });
    /** @param {number | null} now @param {number[]} all */
    const say = (now, all) => {
      if (isSaving || fault.textContent) return;
      const values = ["", ...withNow(all, now).map(String)];
      if (values.join() !== [...select.options].map(({ value }) => value).join()) {
        select.replaceChildren(...values.map((value) => make("option", { value, textContent: value === "" ? "no limit" : wordsFor(Number(value)) })));
      }
      select.value = now === null ? "" : String(now);
    };
    return { element, tell: say };
  }

  /** @param {"owner_first" | "invited_only"} name @param {string} label */
  check(name, label) {
    const fault = make("p", { className: "share-fault", id: `share-${name}-fault`, role: "alert" });
    const input = make("input", { type: "checkbox", id: `share-${name}`, aria: { describedby: fault.id } });
    let isSaving = false;
    input.addEventListener("change", async () => {
      isSaving = true;
      fault.textContent = await this.tried({ [name]: input.checked });
      isSaving = false;
      if (fault.textContent) input.checked = !input.checked;
    });
    return {
      element: make("div", { className: "share-row share-field" }, make("label", { htmlFor: input.id, textContent: label }), input, fault),
      /** @param {boolean} now */
      tell: (now) => {
        if (!isSaving) input.checked = now;
      },
    };
  }

  /** What was wrong; "" where nothing was. @param {Partial<Limits>} what */
  async tried(what) {
    return this.save(what).then(() => "", wordsOf);
  }
}
