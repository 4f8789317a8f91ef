import winston from 'winston';
import { createLines, type LineStream } from './lines';

/** Logs named fields, never an object as it came: what is not named cannot leak. */
export type Fields = Readonly<
  Record<string, string | number | boolean | null | undefined | readonly (string | number)[]>
>;

export interface Logger {
  error(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  debug(message: string, fields?: Fields): void;
  /** One line for a request that is over: the line that is there most often, so it is made without detours. */
  request(record: RequestRecord): void;
}

export interface RequestRecord {
  requestId: string;
  method: string;
  /** The route's pattern and never the path, which may hold a secret. */
  route: string;
  status: number;
  /** Whether all of the answer was handed to the network. */
  finished: boolean;
  durationMs: number;
  /** null: not known, or no address. */
  address: string | null;
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

// As short as it can be; the id is for finding it in the audit.
const requestForPeople = ({ method, route, status, durationMs, requestId }: RequestRecord): string =>
  `${new Date().toTimeString().slice(0, 8)} ${method} ${route} ${status} ${durationMs} ms  ${requestId}\n`;

// The same as winston would write, members in the same order. What could hold anything but plain text is quoted by JSON.
const requestForPrograms = ({
  requestId,
  method,
  route,
  status,
  finished,
  durationMs,
  address,
}: RequestRecord): string =>
  `{"address":${JSON.stringify(address)},"durationMs":${durationMs},"finished":${finished},"level":"info","message":"request",` +
  `"method":${JSON.stringify(method)},"requestId":"${requestId}","route":${JSON.stringify(route)},"status":${status},` +
  `"timestamp":"${new Date().toISOString()}"}\n`;

// What a person at a terminal reads; everything else gets JSON.
const forPeople = winston.format.printf(({ timestamp, level, message, ...fields }) => {
  const named = Object.entries(fields).map(([name, value]) => ` ${name}=${String(value)}`);
  return `${String(timestamp)} ${level.padEnd(5)} ${String(message)}${named.join('')}`;
});

/** One line an event on standard error, so that standard output stays the program's own: JSON, or words on a terminal. */
export function createLogger(
  level: 'error' | 'warn' | 'info' | 'debug',
  stream: NodeJS.WritableStream & LineStream & { isTTY?: boolean } = process.stderr,
): Logger {
  const { combine, timestamp, json } = winston.format;
  const line =
    stream.isTTY === true ? combine(timestamp({ format: 'HH:mm:ss' }), forPeople) : combine(timestamp(), json());
  const logger = winston.createLogger({ level, format: combine(onePrintableLine(), line) });
  logger.add(new winston.transports.Stream({ stream }));
  const requests = createLines(stream, (count) => at('warn')('the log stood still', { requestsNotWritten: count }));
  // winston makes the whole line before it looks at the level.
  const at = (name: 'error' | 'warn' | 'info' | 'debug'): Logger['info'] =>
    logger.isLevelEnabled(name)
      ? (message, fields) => {
          // Lines stand in the order in which things happened.
          requests.flush();
          logger[name](message, fields);
        }
      : () => undefined;
  const requestLine = stream.isTTY === true ? requestForPeople : requestForPrograms;
  return {
    ...{ error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') },
    request: logger.isLevelEnabled('info') ? (record) => requests.add(requestLine(record)) : () => undefined,
  };
}
