/** What we need of an exception that nobody expected: its class and where it was thrown. Its message may quote a value, and is left out. */
export function classAndPlace(error: unknown): string {
  if (!(error instanceof Error)) return `something of type ${typeof error}`;
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => FRAME.test(line))
    .slice(0, 6)
    .map((line) => line.trim());
  return [error.name, ...frames].join(' ');
}

/** As V8 writes them; a message of several lines may look alike, but hardly ends in a line and a column. */
const FRAME = /^ {4}at [^\n]*:\d+:\d+\)?$/;
