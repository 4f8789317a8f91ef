import fs from 'node:fs';

/** The bounds, and why they are no tighter: a heap grows until it is collected, and pools open what they may. */
const MOST_GROWN_BYTES = 64 * 1024 * 1024;
const MOST_NEW_DESCRIPTORS = 20;
const MOST_OTHER_BYTES = 8 * 1024 * 1024;
/** 60 of a kind, address and minute are written one by one, the others as one: 3 addresses, the door, some ten kinds. */
const MOST_REFUSED_ROWS_A_MINUTE = 3_000;
const KNOWN_LINES = new Set(['request', 'turned away', 'request failed']);

/** What is wrong with what was seen, in words; nothing: nobody honest noticed, and nothing was left behind. */
export function violationsOf({ before, after, minutes, readers, released, lines, ended, attacks }) {
  const grown = after.residentBytes - before.residentBytes;
  const descriptors = after.descriptors - before.descriptors;
  const refused = after.refusedRows - before.refusedRows;
  const otherBytes = after.otherBytes - before.otherBytes;
  const unused = Object.entries(attacks).filter(([, counts]) => Object.keys(counts).length === 0);
  return [
    ...(readers.failures.length > 0 ? [`honest readers failed: ${readers.failures.slice(0, 10).join(', ')}`] : []),
    ...(readers.answered === 0 ? ['nobody honest was answered at all'] : []),
    ...(released === readers.answered ? [] : [`${readers.answered} answers were released, the audit has ${released}`]),
    ...(grown > MOST_GROWN_BYTES ? [`resident memory grew by ${megabytes(grown)}`] : []),
    ...(descriptors > MOST_NEW_DESCRIPTORS ? [`${descriptors} descriptors more than before`] : []),
    ...(otherBytes > MOST_OTHER_BYTES ? [`tables other than the audit grew by ${megabytes(otherBytes)}`] : []),
    ...(refused > MOST_REFUSED_ROWS_A_MINUTE * (minutes + 1) ? [`${refused} audit rows of refusals`] : []),
    ...unused.map(([name]) => `this attack never came to its end: ${name}`),
    ...lines.wrong.slice(0, 5).map((line) => `a line in the log that is none of ours: ${line.slice(0, 200)}`),
    ...(ended === 0 ? [] : [`the broker ended with ${ended}`]),
  ];
}

/** Every line has to be one that the broker writes; `request failed` may name no mistake of ours. */
export function readLog(file) {
  const lines = fs.readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const wrong = lines.filter((line) => {
    const { message, level, code } = parsed(line);
    return level !== 'info' && (!KNOWN_LINES.has(message) || code === 'internal');
  });
  return { count: lines.length, wrong };
}

function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return { level: 'none' };
  }
}

export function report({ minutes, before, after, readers, released, attacks, violations }) {
  const counts = (of) =>
    Object.entries(of)
      .map(([name, count]) => `${name}: ${count}`)
      .join(', ');
  return [
    `${minutes} min of hostile clients beside ${readers.answered} honest reads (${readers.toldToComeAgain} of them told to come again first, ${readers.failures.length} failed, the slowest took ${Math.round(readers.slowestMs)} ms)`,
    `audit              ${released} released for ${readers.answered} answers; ${after.refusedRows - before.refusedRows} rows for all refusals`,
    `resident memory    ${megabytes(before.residentBytes)} after half of the time, ${megabytes(after.residentBytes)} at the end`,
    `descriptors        ${before.descriptors}, ${after.descriptors}`,
    `other tables       ${megabytes(before.otherBytes)}, ${megabytes(after.otherBytes)}`,
    ...Object.entries(attacks).map(([name, of]) => `${name.padEnd(30)} ${counts(of)}`),
    violations.length === 0 ? 'violations         none' : `violations         ${violations.length}`,
    ...violations.map((violation) => `  ${violation}`),
    '',
  ].join('\n');
}

const megabytes = (bytes) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
