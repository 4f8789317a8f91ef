import winston from 'winston';

/** Logs named fields, never an object as it came: what is not named cannot leak. */
export type Fields = Readonly<
  Record<string, string | number | boolean | null | undefined | readonly (string | number)[]>
>;

export interface Logger {
  error(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  debug(message: string, fields?: Fields): void;
}

// Control characters, and the line separators that some viewers break lines at, would let a header forge a line or drive a terminal.
const UNPRINTABLE = /[\p{Cc}\u2028\u2029]/gu;
const printable = (value: unknown): unknown =>
  typeof value === 'string'
    ? value.replace(UNPRINTABLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : value;

const onePrintableLine = winston.format((info) => {
  for (const [key, value] of Object.entries(info)) info[key] = printable(value);
  return info;
});

// The line that is there most often, as short as it can be; the id is for finding it in the audit.
const requestForPeople = ({ method, route, status, durationMs, requestId }: Record<string, unknown>): string =>
  `${String(method)} ${String(route)} ${String(status)} ${String(durationMs)} ms  ${String(requestId)}`;

// What a person at a terminal reads; everything else gets JSON.
const forPeople = winston.format.printf(({ timestamp, level, message, ...fields }) => {
  if (message === 'request') return `${String(timestamp)} ${requestForPeople(fields)}`;
  const named = Object.entries(fields).map(([name, value]) => ` ${name}=${String(value)}`);
  return `${String(timestamp)} ${level.padEnd(5)} ${String(message)}${named.join('')}`;
});

/** One line an event on standard error, so that standard output stays the program's own: JSON, or words on a terminal. */
export function createLogger(
  level: 'error' | 'warn' | 'info' | 'debug',
  stream: NodeJS.WritableStream & { isTTY?: boolean } = process.stderr,
): Logger {
  const { combine, timestamp, json } = winston.format;
  const line =
    stream.isTTY === true ? combine(timestamp({ format: 'HH:mm:ss' }), forPeople) : combine(timestamp(), json());
  const logger = winston.createLogger({ level, format: combine(onePrintableLine(), line) });
  logger.add(new winston.transports.Stream({ stream }));
  // winston makes the whole line before it looks at the level.
  const at = (name: keyof Logger): Logger['info'] =>
    logger.isLevelEnabled(name) ? (message, fields) => void logger[name](message, fields) : () => undefined;
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}
