interface Waiting {
  key: string;
  begin: () => void;
}

/** At most so many pieces of work at once and one for each key; who waits comes in order of arrival. */
export class WorkTurns {
  private readonly busy = new Set<string>();
  private readonly waiting: Waiting[] = [];

  constructor(private readonly limit: number) {}

  /** Resolves when the work may begin; `end` must follow. */
  begin(key: string): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push({ key, begin: resolve });
      this.letIn();
    });
  }

  end(key: string): void {
    this.busy.delete(key);
    this.letIn();
  }

  private letIn(): void {
    while (this.busy.size < this.limit) {
      const index = this.waiting.findIndex(({ key }) => !this.busy.has(key));
      const [next] = index < 0 ? [] : this.waiting.splice(index, 1);
      if (!next) return;
      this.busy.add(next.key);
      next.begin();
    }
  }
}
