import { median } from './statistics.mjs';
import { aligned, ms, of, orNone, percent, whole } from './table.mjs';

/** The parts about serving that run on request. */
export function reportOfServing({ disk, memory, processes, timing }) {
  return [
    disk && reportOfDisk(disk),
    memory && reportOfMemory(memory),
    processes && reportOfProcesses(processes),
    timing && reportOfTiming(timing),
  ];
}

function reportOfDisk({ clients, connections, rounds, seconds, diskMs, commit, rows, toPeers }) {
  const table = rows.map(({ server, perSecond, p50, p99, cpuMicroseconds, serverMicroseconds, loadBusy }) => [
    ...[
      server,
      whole(perSecond),
      ms(p50),
      ms(p99),
      whole(cpuMicroseconds),
      orNone(serverMicroseconds),
      percent(loadBusy),
    ],
  ]);
  return [
    `Disk of ${diskMs} ms (emulated): ${clients} clients, ${connections} connections; medians of ${rounds} × ${seconds} s; one commit alone takes ${ms(commit.p50)} ms`,
    aligned([['', 'reads/s', 'p50 ms', 'p99 ms', 'CPU µs', 'PostgreSQL', 'load busy'], ...table]),
    ...toPeers.map(({ name, ratios, median: middle }) => `Otobot to ${name}: ${of(ratios, middle)} in reads/s`),
  ].join('\n');
}

function reportOfMemory({ count, tokenBytes, connections, seconds, limit, atStart, most, rounds }) {
  const hits = rounds.map(({ hitRate }) => hitRate);
  const last = rounds.at(-1);
  return [
    `Memory: ${whole(count)} connections with tokens of ${tokenBytes} B read at random over ${connections} connections, ${rounds.length} × ${seconds} s`,
    aligned([
      ['round', ...rounds.map((_, index) => String(index + 1))],
      ['resident MiB, at most', ...rounds.map(({ peak }) => whole(peak))],
      ["of it V8's heap, at the end", ...rounds.map(({ heap }) => whole(heap))],
      ['Buffers and the like', ...rounds.map(({ external }) => whole(external))],
      ['remembered', ...hits.map(percent)],
      ['reads/s', ...rounds.map(({ perSecond }) => whole(perSecond))],
    ]),
    `Resident: ${whole(atStart)} MiB at the start, ${whole(last.peak)} in the last round, ${whole(most)} at most (the goal is below ${limit}); ${percent(median(hits))} of the reads needed no look`,
  ].join('\n');
}

function reportOfProcesses({ clients, connections, rounds, seconds, rows }) {
  const table = rows.map(({ count, perSecond, cpuMicroseconds, serverMicroseconds, toOne, toOneMedian, loadBusy }) => [
    ...[whole(count), whole(perSecond), whole(cpuMicroseconds), orNone(serverMicroseconds)],
    ...[serverMicroseconds === null ? '-' : of(toOne, toOneMedian), percent(loadBusy)],
  ]);
  return [
    `Processes: ${clients} clients, ${connections} connections to each process; medians of ${rounds} × ${seconds} s`,
    aligned([['processes', 'reads/s', 'CPU µs', 'PostgreSQL', 'to one process', 'load busy'], ...table]),
  ].join('\n');
}

function reportOfTiming({ rounds, inside, outside }) {
  const table = (rows) =>
    rows.map(({ kind, median: middle, difference, slower, interval, p }) => [
      ...[kind, micro(middle)],
      ...(difference === undefined
        ? ['', '', '', '']
        : [micro(difference), share(slower), interval.map(share).join(' to '), p < 0.001 ? '< 0.001' : p.toFixed(3)]),
    ]);
  const columns = ['median µs', 'difference', 'slower in', '95 %', 'by chance'];
  return [
    `Timing: keys that let nobody in, ${rounds} refusals of each kind in turn; beside an unknown id, whose refusal takes as long in 50 %`,
    aligned([['authenticate()', ...columns], ...table(inside)]),
    aligned([['over HTTP', ...columns], ...table(outside)]),
  ].join('\n');
}

const micro = (milliseconds) => whole(milliseconds * 1_000);
const share = (value) => `${(value * 100).toFixed(1)} %`;
