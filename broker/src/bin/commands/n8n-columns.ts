import type { Column } from '../terminal/table';

const COLOURS: Readonly<Record<string, 'green' | 'red' | 'dim'>> = {
  ok: 'green',
  synced: 'green',
  failing: 'red',
  stopped: 'dim',
};

/** Of an n8n instance, or of a credential there; yellow for what settles by itself. */
export const STATUS: Column = { head: 'STATUS', of: 'status', style: (state) => COLOURS[state] ?? 'yellow' };
export const ERROR: Column = { head: 'ERROR', of: 'lastErrorCode' };
