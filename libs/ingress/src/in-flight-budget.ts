/** Bytes that requests in flight may hold in memory, over all of them. */
export class InFlightBudget {
  private used = 0;

  constructor(private readonly limit: number) {}

  get bytes(): number {
    return this.used;
  }

  /** A share that grows as a body arrives, and is given back as a whole. */
  open(): InFlightShare {
    let held = 0;
    return {
      grow: (bytes) => {
        if (this.used + bytes > this.limit) return false;
        this.used += bytes;
        held += bytes;
        return true;
      },
      release: () => {
        this.used -= held;
        held = 0;
      },
    };
  }
}

export interface InFlightShare {
  /** @returns false when there is no room for so many more bytes: they are not counted then */
  grow(bytes: number): boolean;
  release(): void;
}
