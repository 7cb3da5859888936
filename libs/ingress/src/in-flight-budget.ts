/** Bytes that requests in flight may hold in memory, over all of them. */
export class InFlightBudget {
  private used = 0;

  constructor(private readonly limit: number) {}

  get bytes(): number {
    return this.used;
  }

  /** A share that grows as a body arrives, and is given back as a whole. */
  open(): InFlightShare {
    return new InFlightShare(this);
  }

  /** Of a share. @returns false when there is no room for so many more bytes: they are not counted then */
  take(bytes: number): boolean {
    if (this.used + bytes > this.limit) return false;
    this.used += bytes;
    return true;
  }

  /** Of a share. */
  giveBack(bytes: number): void {
    this.used -= bytes;
  }
}

export class InFlightShare {
  private held = 0;

  constructor(private readonly budget: InFlightBudget) {}

  /** @returns false when there is no room for so many more bytes: they are not counted then */
  grow(bytes: number): boolean {
    if (!this.budget.take(bytes)) return false;
    this.held += bytes;
    return true;
  }

  release(): void {
    this.budget.giveBack(this.held);
    this.held = 0;
  }
}
