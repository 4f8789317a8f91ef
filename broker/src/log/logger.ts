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
// eslint's no-control-regex is right elsewhere; here the control characters are the point, so they are given by class.
const UNPRINTABLE = /[\p{Cc}\u2028\u2029]/gu;
const printable = (value: unknown): unknown =>
  typeof value === 'string'
    ? value.replace(UNPRINTABLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : value;

const onePrintableLine = winston.format((info) => {
  for (const [key, value] of Object.entries(info)) info[key] = printable(value);
  return info;
});

/** One JSON object a line on standard error, so that standard output stays the program's own. */
export function createLogger(
  level: 'error' | 'warn' | 'info' | 'debug',
  stream: NodeJS.WritableStream = process.stderr,
): Logger {
  const logger = winston.createLogger({
    level,
    format: winston.format.combine(onePrintableLine(), winston.format.timestamp(), winston.format.json()),
    transports: [new winston.transports.Stream({ stream })],
  });
  return {
    error: (message, fields) => void logger.error(message, fields),
    warn: (message, fields) => void logger.warn(message, fields),
    info: (message, fields) => void logger.info(message, fields),
    debug: (message, fields) => void logger.debug(message, fields),
  };
}
