/** What the log of attempts shows of a webhook's requests, as JSON: what all of them have in common is put into words once. */
export class ShownRequest {
  private readonly head: string;

  /** @param request secrets masked; it has at least one header */
  constructor(request: { method: string; url: string; headers: Record<string, string> }) {
    // Without the two brackets at its end: further headers can follow.
    this.head = JSON.stringify(request).slice(0, -2);
  }

  /** @param headers of one request beside these: members of a JSON object, each with a comma before it */
  with(headers: string): string {
    return `${this.head}${headers}}}`;
  }
}
