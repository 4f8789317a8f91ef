import { reportOfServing } from './report-serving.mjs';
import { median } from './statistics.mjs';
import { aligned, ms, of, orNone, percent, whole } from './table.mjs';

/** The figures as a person reads them. */
export function report({ machine, reads, refreshes, claims, workers, ...serving }) {
  const { node, cores, platform, arch, cpu, postgres, loadBefore } = machine;
  const head = `Node ${node} · PostgreSQL ${postgres} · ${cores} cores (${cpu}) · ${platform} ${arch}`;
  const load = `Load average before the run: ${loadBefore.toFixed(1)}. Above 0.5 others use the machine: only ratios say something then, that in processor time most.`;
  const parts = [
    reads && reportOfReads(reads),
    refreshes && reportOfRefreshes(refreshes),
    claims && reportOfClaims(claims),
    workers && reportOfWorkers(workers),
    ...reportOfServing(serving),
  ].filter(Boolean);
  return `${[`${head}\n${load}`, ...parts, 'How to read this: docs/bench.md'].join('\n\n')}\n`;
}

function reportOfReads({ rows, toExpress, audit, ...conditions }) {
  const { clients, tokenBytes, bodyBytes, connections, rounds, seconds } = conditions;
  const table = rows.map(({ server, fullLoad, partLoad }) => [
    server,
    ...[whole(fullLoad.perSecond), ms(fullLoad.p50), ms(fullLoad.p99)],
    ...[whole(fullLoad.cpuMicroseconds), orNone(fullLoad.serverMicroseconds)],
    ...[whole(partLoad.perSecond), ms(partLoad.p50), ms(partLoad.p99), percent(fullLoad.loadBusy)],
  ]);
  const columns = [
    '',
    'reads/s',
    'p50 ms',
    'p99 ms',
    'CPU µs',
    'PostgreSQL',
    'at 70 %',
    'p50 ms',
    'p99 ms',
    'load busy',
  ];
  return [
    `Reads: ${clients} clients, tokens of ${tokenBytes} B in answers of ${bodyBytes} B, ${connections} connections; medians of ${rounds} × ${seconds} s`,
    aligned([columns, ...table]),
    ...rows.filter(({ fellBehind }) => fellBehind > 0).map((row) => warningOf(row, rounds)),
    `Otobot to bare Express 5: ${of(toExpress.perSecond, toExpress.perSecondMedian)} in reads/s`,
    `                          ${of(toExpress.cpu, toExpress.cpuMedian)} in processor time per read`,
    `Audit: ${whole(audit.released)} releases committed, ${whole(audit.answered)} answers received; one commit alone takes ${ms(audit.commitMs.p50)} ms (p99 ${ms(audit.commitMs.p99)})`,
  ].join('\n');
}

const warningOf = ({ server, fellBehind }, rounds) =>
  `Warning: ${server} fell behind in ${fellBehind} of ${rounds} rounds at 70 %: those times are of waiting in a queue.`;

function reportOfRefreshes({ apps, connections, rounds, providers }) {
  const table = providers.map(({ provider, ours, bare, toBare }) => [
    provider,
    ...[whole(ours.perSecond), whole(bare.perSecond), of(toBare.perSecond, toBare.perSecondMedian)],
    ...[
      whole(ours.cpuMicroseconds),
      whole(bare.cpuMicroseconds),
      orNone(ours.serverMicroseconds),
      whole(ours.peak),
      ours.commitsPerRefresh.toFixed(3),
    ],
  ]);
  const columns = ['provider', 'Otobot/s', 'bare/s', 'ratio', 'CPU µs', 'bare', 'PostgreSQL', 'at once', 'commits'];
  return [
    `Refreshes: ${connections} due connections of ${apps} apps; medians of ${rounds} rounds, beside bare simple-oauth2`,
    aligned([columns, ...table]),
  ].join('\n');
}

function reportOfClaims({ apps, rows, periodic, memory }) {
  const table = rows.map(({ connections, state, buffers, found, milliseconds, ratio, nodes }) => [
    ...[`${whole(connections)}, ${state}`, whole(buffers), ratio.toFixed(2), whole(found), ms(milliseconds)],
    nodes.join(' < '),
  ]);
  const columns = ['connections', 'buffers', 'ratio', 'of them to find', 'ms', 'finding'];
  const again = periodic.map(({ name, buffers, milliseconds }) => [name, whole(buffers), ms(milliseconds)]);
  const { refreshed, early, late, most } = memory;
  return [
    `Claims: the next 100 of ${apps} apps, each claim undone`,
    aligned([columns, ...table]),
    'What else runs again and again, in the full table',
    aligned([['', 'buffers', 'ms'], ...again]),
    `Memory of a worker over ${whole(refreshed)} refreshes: ${whole(early)} MB early, ${whole(late)} MB late, ${whole(most)} MB at most`,
  ].join('\n');
}

function reportOfWorkers({ apps, connections, rounds, latencyMs, rows }) {
  const table = rows.map(({ workers, perSecond, serverMicroseconds, commitsPerRefresh, toOne }) => [
    ...[
      whole(workers),
      whole(perSecond),
      whole(serverMicroseconds),
      of(toOne, median(toOne)),
      commitsPerRefresh.toFixed(3),
    ],
  ]);
  const columns = ['workers', 'refreshes/s', 'PostgreSQL CPU µs', 'to one worker', 'commits'];
  return [
    `Workers: ${whole(connections)} due connections of ${apps} apps, provider answers after ${latencyMs} ms; medians of ${rounds} rounds`,
    aligned([columns, ...table]),
  ].join('\n');
}
