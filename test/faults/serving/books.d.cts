/** An answer with a secret, as its reader knows it. */
export interface Received {
  /** X-Request-Id. */
  requestId: string;
  asked: { key: { id: string; organizationId: string }; clientId: string; service: string };
  /** Unknown where the answer was cut off in the midst. */
  connectionId?: string;
  generation?: number;
}

/** A row of the audit that says `released`. */
export interface Release {
  requestId: string;
  processId: string;
  sequence: number;
  organizationId: string;
  actor: string;
  clientId: string;
  service: string;
  connectionId: string;
  generation: number;
}

export interface Comparison {
  /** Must be empty. */
  violations: { what: string; id: string }[];
  answers: number;
  matched: number;
  rows: number;
  /** Rows whose answer nobody received: it was lost with a process or a connection. */
  unheard: number;
}

/** Every answer with a secret has its row, one and no other, and the row tells of that answer. */
export function compareWithAudit(answers: readonly Received[], rows: readonly Release[]): Comparison;
