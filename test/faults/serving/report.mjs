import { median } from '../../../bench/statistics.mjs';
import { linesOfViolations, table } from '../report.mjs';

export function reportOfKills({ kills, processes, refused, times, longestMs, violations, ...books }) {
  const { answers, matched, rows, unheard } = books;
  return [
    `${answers} answers with a secret; ${kills} × kill -9 of a broker, ${kills} × of PostgreSQL (server and backend in turn); ${processes} broker processes`,
    `audit              ${matched} of ${answers} answers have exactly their row; ${rows} rows, ${unheard} of answers that nobody received`,
    `refused            ${table(refused)}`,
    `serving again      after kill -9 of a broker ${seconds(times.broker)}`,
    `                   after PostgreSQL took connections again ${seconds(times.database)}; until then ${seconds(times.databaseAway)}`,
    `longest wait       ${(longestMs / 1_000).toFixed(1)} s for an answer or a refusal`,
    ...linesOfViolations(violations),
  ].join('\n');
}

export function reportOfFreshness({ violations, made, refused, longestMs, blind, ...rest }) {
  const { answers, matched, judged, changes, contested, cutByProxy, cutByServer } = rest;
  return [
    `${answers} answers with a secret, ${judged} judged under the snapshot of their audit statement against ${changes} changes of rows`,
    `audit              ${matched} of ${answers} answers have exactly their row`,
    `contested          ${contested} releases met a change of what they rest on that was not yet committed`,
    `changes            ${table(made)}`,
    `refused            ${table(refused)}`,
    `listening          cut off ${cutByProxy} times by the proxy, ${cutByServer} by the server`,
    `longest wait       ${(longestMs / 1_000).toFixed(1)} s for an answer or a refusal`,
    `the checker        with the versions blinded it found in ${blind.answers} answers: ${table(blind.found)}`,
    ...linesOfViolations(violations),
  ].join('\n');
}

export function reportOfSoak({
  minutes,
  rate,
  asked,
  released,
  rows,
  middleMs,
  most,
  memory,
  descriptors,
  violations,
}) {
  const trend = (parts, unit) =>
    parts === null ? 'not known here' : `${Math.round(parts[0])} → ${Math.round(parts[1])} ${unit}`;
  return [
    `${asked} reads at ${rate} a second for ${minutes} minutes from 2 processes: ${released} answers with a secret, ${rows} audit rows`,
    `an answer took     ${middleMs.toFixed(1)} ms, ${Math.round(most)} at most`,
    `memory             ${trend(memory, 'MB resident, earlier and later')}`,
    `descriptors        ${trend(descriptors, 'open, earlier and later')}`,
    ...linesOfViolations(violations),
  ].join('\n');
}

const seconds = (times) =>
  `${(median(times) / 1_000).toFixed(1)} s (at most ${(Math.max(...times) / 1_000).toFixed(1)})`;
