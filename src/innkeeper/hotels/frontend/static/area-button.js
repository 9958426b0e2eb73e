/** Offers to search where the reader has moved the map to. */
export class AreaButton {
  constructor(root, onSearch) {
    this.root = root;
    root.addEventListener("click", () => {
      this.hide();
      onSearch();
    });
  }

  offer() {
    this.root.hidden = false;
  }

  hide() {
    this.root.hidden = true;
  }
}
