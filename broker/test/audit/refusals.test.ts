import type { AuditEntry } from '../../src/repositories/audit';
import type { AuditLane } from '../../src/services/audit/audit-lane';
import { createRefusals } from '../../src/services/audit/refusals';
import { auditEntry } from './entry';

const entry = (address: string, code = 'key_invalid'): AuditEntry => auditEntry({ address, code });

/** The aggregation is arithmetic over what would be written; the lane itself is tested on PostgreSQL. */
function listening() {
  const written: AuditEntry[] = [];
  const lane: AuditLane = {
    commit: (row) => {
      written.push(row);
      return Promise.resolve('committed');
    },
    idle: () => Promise.resolve(),
  };
  const clock = { ms: 0 };
  return {
    written,
    clock,
    refusals: createRefusals(
      lane,
      () => undefined,
      () => clock.ms,
    ),
  };
}

test('beyond 60 a minute refusals are counted, and none is lost', async () => {
  const { written, refusals } = listening();
  for (let i = 0; i < 1_000; i++) refusals.note(entry('10.0.0.1'));
  expect(written).toHaveLength(60);
  await refusals.flush();
  expect(written[60]).toMatchObject({ code: 'key_invalid', address: '10.0.0.1', detail: { further: 940 } });
});

test('each place and kind is counted for itself', () => {
  const { written, refusals } = listening();
  for (let i = 0; i < 100; i++) refusals.note(entry('10.0.0.1'));
  refusals.note(entry('10.0.0.2'));
  refusals.note(entry('10.0.0.1', 'scope_missing'));
  expect(written).toHaveLength(62);
});

test('whoever has a network of IPv6 is one place, however many addresses he takes', async () => {
  const { written, refusals } = listening();
  for (let i = 0; i < 1_000; i++) refusals.note(entry(`2001:db8:0:7::${i.toString(16)}`));
  expect(written).toHaveLength(60);
  refusals.note(entry('2001:db8:0:8::1'));
  expect(written).toHaveLength(61);
  await refusals.flush();
  expect(written.at(-1)?.detail).toEqual({ further: 940 });
});

test('a new minute starts anew', () => {
  const { written, clock, refusals } = listening();
  for (let i = 0; i < 100; i++) refusals.note(entry('10.0.0.1'));
  clock.ms = 60_001;
  refusals.note(entry('10.0.0.1'));
  // 60 one by one, one row for the 40 beyond, and the first of the new minute
  expect(written).toHaveLength(62);
});

test('made-up sources cannot fill the memory', async () => {
  const { written, refusals } = listening();
  for (let i = 0; i < 20_000; i++) refusals.note(entry(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`));
  expect(written.length).toBe(10_060);
  await refusals.flush();
  expect(written.at(-1)?.detail).toEqual({ further: 9_940 });
});
