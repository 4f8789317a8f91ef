import { PRESETS } from '../../secrets/scopes';
import { fromNow, minuteOf } from './moments';
import { text, type Column } from './table';

/** Columns, and ways to show a cell, that lists use. */
type Shown = Pick<Column, 'as'>;

export const DAY: Shown = {
  as: (value) => (typeof value === 'string' ? minuteOf(value).slice(0, 10) : text(value)),
};

/** `in 54 min`, `3 h ago`; `never` where there is no end, or no beginning. */
export const TO_GO: Shown = {
  as: (value) => (typeof value === 'string' ? fromNow(value) : 'never'),
};

/** `in 13 d`; `-` where nobody knows of an end. */
export const TO_GO_IF_KNOWN: Shown = {
  as: (value) => (typeof value === 'string' ? fromNow(value) : '-'),
};

/** A limit; null stands for no limit. */
export const ALL: Shown = {
  as: (value) => (value === null ? 'all' : text(value)),
};

/** Scopes, by the name of a preset that is just these. */
export const access: Shown = {
  as: (value) => {
    const scopes = Array.isArray(value) ? value.map(String) : [];
    const same = (preset: readonly string[]) =>
      preset.length === scopes.length && preset.every((scope) => scopes.includes(scope));
    return Object.entries(PRESETS).find(([, preset]) => same(preset))?.[0] ?? text(value);
  },
};

export const suspension: Column = {
  head: 'STATE',
  of: 'suspendedAt',
  as: (value) => (value === null ? 'active' : 'suspended'),
  style: (state) => (state === 'active' ? 'green' : 'red'),
};

/** Why a key ended, or will end, stands behind it. A key that ends within a fortnight is yellow. */
export const keyState: Column = {
  head: 'STATE',
  of: 'revokedAt',
  as: (revokedAt, { expiresAt, revokedReason }) => {
    const reason = typeof revokedReason === 'string' && revokedReason !== 'revoked' ? ` (${revokedReason})` : '';
    if (revokedAt !== null) return `revoked${reason}`;
    if (typeof expiresAt !== 'string') return 'active';
    const left = new Date(expiresAt).getTime() - Date.now();
    if (left <= 0) return `expired${reason}`;
    return left < SOON_MS ? `ending${reason}` : 'active';
  },
  style: (state) => (state === 'active' ? 'green' : state.startsWith('ending') ? 'yellow' : 'red'),
};
const SOON_MS = 14 * 86_400_000;

/** What a connection does; yellow for what settles by itself. */
export const status: Column = {
  head: 'STATUS',
  of: 'status',
  style: (state) => STATUS_COLOURS[state] ?? 'yellow',
};

/** With a mark where tokens of another account wait for a decision. */
export const statusAndHeld: Column = {
  ...status,
  as: (value, { heldAccount }) => text(value) + (typeof heldAccount === 'string' ? ', other account held' : ''),
};

const STATUS_COLOURS: Readonly<Record<string, 'green' | 'red' | 'dim'>> = {
  active: 'green',
  refreshing: 'green',
  disabled: 'dim',
  client_suspended: 'red',
  app_suspended: 'red',
  key_unavailable: 'red',
  reauth_required: 'red',
  expired: 'red',
};

/** An attempt to refresh a connection. */
export const ATTEMPT: readonly Column[] = [
  { head: 'REFRESH', of: 'startedAt', as: (value) => (typeof value === 'string' ? fromNow(value) : text(value)) },
  { head: 'OUTCOME', of: 'outcome', as: (value) => (value === null ? 'under way' : text(value)) },
  { head: 'ERROR', of: 'errorCode' },
  { head: 'HTTP', of: 'httpStatus' },
  { head: 'TOOK', of: 'durationMs', as: (value) => (typeof value === 'number' ? `${value} ms` : text(value)) },
];
