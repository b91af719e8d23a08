// Which of the page's views is shown; the address says, so that it can be linked and gone back to.

import { setAttribute } from "./dom.js";

const VIEWS = ["overview", "network"];

/** The view that an address' fragment names; the first where it names none. */
export function viewOf(hash) {
  return VIEWS.find((view) => hash === `#${view}`) ?? VIEWS[0];
}

/** Follows the address; `onChange(view)` is called at once and after each change. */
export class View {
  #nav;
  #onChange;

  constructor(nav, onChange) {
    this.#nav = nav;
    this.#onChange = onChange;
    addEventListener("hashchange", () => this.#show());
    this.#show();
  }

  #show() {
    const view = viewOf(location.hash);
    document.body.dataset.view = view;
    for (const link of this.#nav.querySelectorAll("a")) {
      setAttribute(link, "aria-current", link.hash === `#${view}` ? "page" : null);
    }
    this.#onChange(view);
  }
}
