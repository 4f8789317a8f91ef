/** What has come, by the ID of the event: when it was sent, in Unix seconds. */
export type Seen = Readonly<Record<string, number>>;

/** Kept in n8n's database and written with each event; far more than come within the five minutes of a signature. */
const MOST_STORED = 1_000;
const MOST_IN_MEMORY = 20_000;

/**
 * Beside what n8n stores. It saves the static data of a workflow as a whole, after the webhook has answered, so that of two
 * events at the same time one overwrites the other; this process at least forgets neither.
 */
const inMemory = new Map<string, number>();

/** `new`, `again`: the broker sends it once more. `replayed`: somebody has sent the very request again. */
export type Arrival = 'new' | 'again' | 'replayed';

/** @param webhookId whose event it is: the same event may come by several webhooks */
export function arrivalOf(stored: Seen, webhookId: string, id: string, timestamp: number): Arrival {
  const known = Object.hasOwn(stored, id) ? stored[id] : undefined;
  const before = [known, inMemory.get(keyOf(webhookId, id))].filter((sentAt) => sentAt !== undefined);
  if (before.length === 0) return 'new';
  // Each attempt of the broker has its own time, and so its own signature.
  return before.some((sentAt) => sentAt >= timestamp) ? 'replayed' : 'again';
}

/** What is to be stored from now on: the newest, in the order in which they came. */
export function withSeen(stored: Seen, id: string, timestamp: number): Seen {
  const others = Object.entries(stored).filter(([other]) => other !== id);
  return Object.fromEntries([...others, [id, timestamp] as const].slice(-MOST_STORED));
}

export function rememberHere(webhookId: string, id: string, timestamp: number): void {
  inMemory.delete(keyOf(webhookId, id));
  inMemory.set(keyOf(webhookId, id), timestamp);
  const [oldest] = inMemory.keys();
  if (inMemory.size > MOST_IN_MEMORY && oldest !== undefined) inMemory.delete(oldest);
}

/** For an event whose execution did not begin: the broker's next attempt must find it new. */
export function forgetHere(webhookId: string, id: string): void {
  inMemory.delete(keyOf(webhookId, id));
}

function keyOf(webhookId: string, id: string): string {
  return `${webhookId} ${id}`;
}
