// What its owner thinks of a picture: shown at once, then told to the server, one after the other.

import { ask } from "../shared/dom.js";

export class Marks {
  constructor(dreams, screen) {
    Object.assign(this, { dreams, screen });
    this.turn = Promise.resolve();
    /** Called when the server has taken a mark. */
    this.taken = () => {};
  }

  /** `mark` is "kept", "rejected" or "". */
  set(picture, mark) {
    const { id, mark: before } = picture;
    this.show(picture, mark);
    this.screen.say({ kept: "Kept", rejected: "Rejected" }[mark] ?? "Mark taken away");
    this.turn = this.turn.then(() => this.tell(picture, id, mark, before));
    return this.turn;
  }

  async tell(picture, id, mark, before) {
    try {
      await ask(`/picture/${id}/mark`, {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ mark }),
      });
      this.taken();
    } catch (error) {
      if (picture.mark === mark) this.show(picture, before);
      this.screen.toast(error.message, "The mark was not kept.", true);
    }
  }

  /** The same picture may be shown in the tray, which knows it on its own. */
  show(picture, mark) {
    picture.setMark(mark);
    const known = this.dreams.picture(picture.id);
    if (known && known !== picture) known.setMark(mark);
  }
}
