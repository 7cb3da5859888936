/** What an interval showed of a webhook that the stored state does not: to be stored. */
export interface SpellChange {
  /** It answered meanwhile: whatever was stored is over. */
  wasWell: boolean;
  /** First failure after the last answer, milliseconds since the epoch; null = it is well. */
  failingSince: number | null;
}

/**
 * Since when a webhook has been failing only, as its sender sees it. Stored at its turns, not at each attempt: an hour of
 * failures is two writes.
 */
export class FailingSpell {
  /** undefined = not known: another holder may have seen more. */
  private known: number | null | undefined;
  private change: SpellChange | null = null;
  private failedAt: number | null = null;

  /** An answer from which the webhook can be said to work: 2xx, or a 406, which is about the event. */
  well(): void {
    this.failedAt = null;
    if (this.known === null && this.change === null) return;
    this.change = { wasWell: true, failingSince: null };
  }

  failed(at: number): void {
    this.failedAt = at;
    if (typeof this.known === 'number' && !this.change?.wasWell) return;
    this.change = { wasWell: this.change?.wasWell ?? false, failingSince: this.change?.failingSince ?? at };
  }

  /** What is to be stored; given back by `take` again if it was not. */
  take(): SpellChange | null {
    const { change } = this;
    this.change = null;
    return change;
  }

  /** @param failingSince as stored now, with what other holders had seen before */
  stored(failingSince: number | null): void {
    this.known = failingSince;
  }

  notStored(change: SpellChange): void {
    this.change ??= change;
  }

  /**
   * How long nothing but failures came, up to the newest of them: silence is no failure.
   * @param activeSince when the webhook was made active: what was before does not count
   */
  failingMs(activeSince: number): number {
    if (typeof this.known !== 'number' || this.failedAt === null || this.change?.wasWell) return 0;
    return Math.max(0, this.failedAt - Math.max(this.known, activeSince));
  }

  get isFailing(): boolean {
    return this.failedAt !== null;
  }
}
