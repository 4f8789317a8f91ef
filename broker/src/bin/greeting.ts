import type { Config } from '../types/config';

export interface Greeting {
  config: Config;
  version: string;
  refresh: boolean;
  /** Not given: this process does not serve. */
  port?: number;
  accessKey?: string | null;
}

/** Where it is and what to do next; the first access key once, and never again. */
export function greeting({ config, version, refresh, port, accessKey }: Greeting): string {
  const url = port === undefined ? null : `http://${config.host === '0.0.0.0' ? 'localhost' : config.host}:${port}`;
  const lines = [
    `Otobot ${version} is ${doing(url !== null, refresh)}.`,
    '',
    ...(url === null ? [] : [`  API         ${url}   (${url}/ready shows its state)`]),
    `  Data        ${config.databaseUrl === null ? `${config.dataDir}   (PostgreSQL and keys: back it up)` : 'in the PostgreSQL of DATABASE_URL'}`,
    ...(accessKey == null ? [] : ['', '  Access key, shown only this once:', `  ${accessKey}`]),
    ...(accessKey == null || url === null
      ? []
      : ['', `  Try it:  curl -H "Authorization: Bearer ${accessKey}" ${url}/v1/whoami`]),
    '',
    '  Ctrl-C stops it.',
    '',
  ];
  return lines.join('\n');
}

function doing(serve: boolean, refresh: boolean): string {
  return serve && refresh ? 'serving and refreshing' : serve ? 'serving' : 'refreshing';
}
