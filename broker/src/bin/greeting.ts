import type { Config } from '../types/config';
import type { Surface } from '../types/surface';

export interface Greeting {
  config: Config;
  version: string;
  /** null: this process does not serve. */
  surface: Surface | null;
  refresh: boolean;
  port?: number | undefined;
  accessKey?: string | null;
}

/** Where it is and what to do next; the first access key once, and never again. */
export function greeting({ config, version, surface, refresh, port, accessKey }: Greeting): string {
  const url = port === undefined ? null : `http://${reachableHost(config.host)}:${port}`;
  const lines = [
    `Otobot ${version} is ${doing(surface, refresh)}.`,
    '',
    ...(url === null ? [] : [`  API         ${url}   (${described(url, surface)})`]),
    `  Data        ${config.databaseUrl === null ? `${config.dataDir}   (PostgreSQL and keys: back it up)` : 'in the PostgreSQL of DATABASE_URL'}`,
    ...(surface !== 'all' || url === null || config.production ? [] : keyLines(url, accessKey ?? null)),
    '',
    '  Ctrl-C stops it.',
    '',
  ];
  return lines.join('\n');
}

/** With `--surface grants` there are no documents. */
const described = (url: string, surface: Surface | null): string =>
  surface === 'all' ? `${url}/docs describes it, ${url}/ready shows its state` : `${url}/ready shows its state`;

function keyLines(url: string, accessKey: string | null): string[] {
  if (accessKey === null)
    return ['  Access key  shown at the first start; another: otobot access-key create --preset operator'];
  return [
    ...['', '  Access key, shown only this once:', `  ${accessKey}`],
    ...['', `  Try it:  curl -H "Authorization: Bearer ${accessKey}" ${url}/v1/whoami`],
  ];
}

/** All addresses are none to call; one of IPv6 stands in brackets. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

function doing(surface: Surface | null, refresh: boolean): string {
  if (surface === null) return 'refreshing';
  if (surface === 'grants') return 'serving credentials and nothing else';
  return refresh ? 'serving and refreshing' : 'serving';
}
