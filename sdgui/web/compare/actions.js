// What can be done with one picture, wherever it is shown: keep, reject, pin, vary, compare with what it was made from.

const toggled = (picture, mark) => (picture.mark === mark ? "" : mark);

export class Actions {
  constructor({ marks, pair, screen }) {
    Object.assign(this, { marks, pair, screen });
  }

  /** What there is for a picture, in the order of its buttons. */
  of(picture) {
    const isKept = picture.mark === "kept";
    const isRejected = picture.mark === "rejected";
    const source = picture.dream.source?.(picture.index);
    const origin = picture.dream.sheet?.kind === "refined" ? "draft" : "original";
    return [
      { name: "keep", sign: "♥", word: isKept ? "Kept" : "Keep", label: isKept ? "Do not keep (K)" : "Keep (K)", isOn: isKept },
      { name: "reject", sign: "✕", word: "Reject", label: isRejected ? "Do not reject (X)" : "Reject (X)", isOn: isRejected },
      { name: "a", sign: "A", label: "Pin as A (A)", isOn: this.pair.a === picture.id },
      { name: "b", sign: "B", label: "Pin as B (B)", isOn: this.pair.b === picture.id },
      { name: "vary", sign: "⟳", word: "Vary", label: "Vary (V)" },
      ...(source ? [{ name: "versus", sign: "vs", word: `${origin}`, label: `Compare with its ${origin}` }] : []),
    ];
  }

  /** Does what a key means; false when it means nothing. */
  key(key, picture) {
    const name = { k: "keep", x: "reject", a: "a", b: "b", v: "vary" }[key.toLowerCase()];
    if (!name) return false;
    this.do(name, picture);
    return true;
  }

  do(name, picture) {
    switch (name) {
      case "keep":
        return this.marks.set(picture, toggled(picture, "kept"));
      case "reject":
        return this.marks.set(picture, toggled(picture, "rejected"));
      case "a":
      case "b":
        return this.pin(name, picture.id);
      case "vary":
        return this.vary(picture);
      case "versus":
        return this.versus(picture);
    }
  }

  /** With a keyboard at hand, the next keys go to the new row. */
  vary(picture) {
    this.screen.followNext = matchMedia("(hover: hover)").matches;
    window.sdguiCompare?.vary({ picture: picture.id });
  }

  flip({ large = false } = {}) {
    this.pair.flip({ large });
  }

  async pin(which, id) {
    const pinned = this.pair.pin(which, id);
    this.pair.bring();
    await pinned;
    this.screen.say(`Pinned as ${which.toUpperCase()}`);
  }

  async versus(picture) {
    await this.pin("a", picture.dream.source(picture.index));
    await this.pin("b", picture.id);
    this.pair.look("slider");
    this.screen.showPair();
  }
}
