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

const seconds = (times) =>
  `${(median(times) / 1_000).toFixed(1)} s (at most ${(Math.max(...times) / 1_000).toFixed(1)})`;
