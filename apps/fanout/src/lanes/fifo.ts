/** How many taken places are kept before the array is cut: shifting it each time would cost its length. */
const CUT_AFTER = 1024;

/** A queue whose both ends cost the same however long it is. */
export class Fifo<T> {
  private items: T[] = [];
  private head = 0;

  push(item: T): void {
    this.items.push(item);
  }

  shift(): T | undefined {
    const item = this.items[this.head];
    if (item === undefined) return undefined;
    this.head += 1;
    if (this.head === this.items.length || this.head >= CUT_AFTER) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }
}
