// V8 puts new objects into two halves of a "young generation", which grow as soon as much is under way at once, such as reads that look at
// the database: to 32 MiB in all on Node 20, to 128 on Node 24. What they have grown to stays resident; a serving process held more there
// than in its cache. So they grow to 8 MiB (--max-semi-space-size=4 would say the same, but only on a command line). This stands among
// the first imports of a program, because loading all the others is the first that makes them grow.
import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

const MOST_BYTES = 8 * 1024 * 1024;

// By how much they grow may be told at any time; where a Node to come does not listen, it takes more memory and nothing else changes.
let factor = 1;
setFlagsFromString('--semi-space-growth-factor=1');

// They grow after a collection. V8 takes them back when it idles, so they have to be free to grow again.
new PerformanceObserver(() => {
  const bytes = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;
  const wanted = bytes < MOST_BYTES ? 2 : 1;
  if (wanted === factor) return;
  factor = wanted;
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}).observe({ entryTypes: ['gc'] });
