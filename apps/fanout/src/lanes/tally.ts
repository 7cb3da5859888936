/** What all lanes together hold in memory: counted as it changes, since to add it up would cost a look at every webhook. */
export interface Tally {
  items: number;
  /** Of the messages. */
  bytes: number;
}
