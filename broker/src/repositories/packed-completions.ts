import type { Completion } from './refresh-completions';

/**
 * The columns in which answers travel, an array each with that element type: reading those costs PostgreSQL a fifth of what the same
 * costs as JSON.
 */
const COLUMNS = {
  position: 'int',
  connectionId: 'uuid',
  organizationId: 'uuid',
  generation: 'int',
  attemptId: 'uuid',
  startedAt: 'timestamptz',
  outcome: 'text',
  errorCode: 'text',
  httpStatus: 'int',
  durationMs: 'int',
  mayStillAnswer: 'boolean',
  status: 'text',
  statusReason: 'text',
  failureCount: 'int',
  failingSince: 'timestamptz',
  uncertainSince: 'timestamptz',
  permanentCode: 'text',
  lastErrorCode: 'text',
  nextRefreshAt: 'timestamptz',
  notBeforeAt: 'timestamptz',
  events: 'json',
  accessFrom: 'int',
  accessLength: 'int',
  accessKeyVersion: 'int',
  refreshFrom: 'int',
  refreshLength: 'int',
  refreshKeyVersion: 'int',
  tokenType: 'text',
  scopes: 'json',
  expiresAt: 'timestamptz',
  lifetimeSeconds: 'int',
  baseUrl: 'text',
  refreshExpiresAt: 'timestamptz',
  idleExpiresAt: 'timestamptz',
  absoluteExpiresAt: 'timestamptz',
  adoptedSetId: 'uuid',
} as const;
type Column = keyof typeof COLUMNS;
type Packed = Partial<Record<Column, string | number | boolean | Date | null>>;

export const COLUMN_NAMES = Object.keys(COLUMNS)
  .map((name) => `"${name}"`)
  .join(', ');
/** The parameters for these columns, from $2 on: the bytes are $1. */
export const COLUMN_PARAMETERS = Object.values(COLUMNS)
  .map((type, index) => `$${index + 2}::${type}[]`)
  .join(', ');

/** The values of $1 and all columns. The sealed records are the bytes that they are, in one piece; a row tells where its own begin (from 1). */
export function packed(completions: readonly Completion[]): unknown[] {
  const pieces: Buffer[] = [];
  let length = 0;
  const placeOf = (piece: Buffer | null) => {
    if (piece === null) return { from: null, length: null };
    pieces.push(piece);
    length += piece.length;
    return { from: length - piece.length + 1, length: piece.length };
  };
  const rows = completions.map(({ next: { events, ...next }, set, ...attempt }, position): Packed => {
    const row = { position, ...attempt, ...next, events: JSON.stringify(events) };
    if (set === null) return row;
    const { accessSealed, refreshSealed, scopes, ...rest } = set;
    const [access, refresh] = [placeOf(accessSealed), placeOf(refreshSealed)];
    const places = { accessFrom: access.from, accessLength: access.length };
    const refreshPlaces = { refreshFrom: refresh.from, refreshLength: refresh.length };
    return { ...row, ...rest, ...places, ...refreshPlaces, scopes: scopes && JSON.stringify(scopes) };
  });
  const columns = Object.keys(COLUMNS).map((name) => rows.map((row) => row[name as Column] ?? null));
  return [Buffer.concat(pieces), ...columns];
}
