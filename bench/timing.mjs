import { startProcess } from './child.mjs';
import { rankTest } from './rank-test.cjs';
import { median } from './statistics.mjs';

const KEYS = 200;
const WARM_UP = 50;
const ROUNDS_PER_SECOND = 300;
/** The kind that the others are held against. */
const FIRST = 'unknown key id';
/** A text that is no key at all is refused without a look: if that were not told apart, nothing would be. */
const CONTROL = 'no access key (to compare)';

/** How long keys that let nobody in take to be refused, kind beside kind: in authenticate() itself, and as a stranger sees it over HTTP. */
export async function measureTiming({ installation, place, seconds, say }) {
  const { paths } = await installation.ask('storeReadClients', { count: 1, tokenBytes: 2_048 });
  const { alike, inUse } = await installation.ask('storeTimedKeys', { count: KEYS });
  const kinds = { ...alike, [CONTROL]: ['otb_live_no-key'] };
  const { environment } = installation.ready;
  const broker = await startProcess('broker', { environment }, place);
  const load = await startProcess('load', null, place);
  const rounds = WARM_UP + seconds * ROUNDS_PER_SECOND;
  const asked = { alike: kinds, inUse, rounds };
  say('timing: authenticate()');
  const inside = await broker.ask('timeRefusals', asked);
  say('timing: over HTTP');
  const outside = await load.ask('timedRefusals', { ...asked, port: broker.ready.port, path: paths[0] });
  for (const started of [load, broker]) await started.stop();
  return { rounds: rounds - WARM_UP, inside: compared(inside), outside: compared(outside) };
}

function compared(durations) {
  const kept = Object.entries(durations).map(([kind, each]) => [kind, each.slice(WARM_UP)]);
  const [, first] = kept.find(([kind]) => kind === FIRST);
  return kept.map(([kind, each]) => ({
    kind,
    median: median(each),
    ...(kind === FIRST ? null : { difference: median(each) - median(first), ...rankTest(each, first) }),
  }));
}
