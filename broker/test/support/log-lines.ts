import type { Logger } from '../../src/log/logger';

export interface LogLine {
  level: 'error' | 'warn' | 'info' | 'debug';
  message: string;
  fields: Readonly<Record<string, unknown>>;
}

/** A log whose lines a test looks at. */
export function collectingLog(lines: LogLine[]): Logger {
  const at =
    (level: LogLine['level']) =>
    (message: string, fields = {}) =>
      void lines.push({ level, message, fields });
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug'), request: () => undefined };
}
