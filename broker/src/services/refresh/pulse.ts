/**
 * Turns any number of calls into at most one `send` at a time: PostgreSQL serialises commits that carry a NOTIFY, so there must
 * be few. A failure is dropped, because those who wait for the signal also look by themselves.
 */
export function createPulse(send: () => Promise<unknown>): () => void {
  let sending = false;
  let again = false;
  return function pulse(): void {
    if (sending) {
      again = true;
      return;
    }
    sending = true;
    void send()
      .catch(() => undefined)
      .then(() => {
        sending = false;
        if (!again) return;
        again = false;
        pulse();
      });
  };
}
