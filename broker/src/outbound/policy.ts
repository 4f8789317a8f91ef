import { isIP } from 'node:net';
import { rangeOf } from './address-range';
import type { RefusalReason } from './outbound-refused';

export interface OutboundOptions {
  /** `false`: public https only. `'loopback'`: this machine too. `true`: private networks too (development, tests). */
  allowPrivate: boolean | 'loopback';
  /** Hosts (`n8n.lan`, `10.0.0.7`, `n8n.lan:5678`) that the operator vouches for: any address, and plain http. */
  privateHosts: readonly string[];
}

export interface Destination {
  protocol: 'http:' | 'https:';
  /** Lower case, without brackets or trailing dot. */
  host: string;
  port: number;
}

export interface Policy {
  /** What is wrong with the destination as far as it shows before a name is resolved, or null. */
  refusalOfHost(destination: Destination): RefusalReason | null;
  /** What is wrong with dialling this address for the destination, or null. */
  refusalOfAddress(destination: Destination, address: string): RefusalReason | null;
}

export function createPolicy({ allowPrivate, privateHosts }: OutboundOptions): Policy {
  const vouched = new Set(privateHosts.map(vouchedHost));
  const isVouched = ({ host, port }: Destination): boolean => vouched.has(host) || vouched.has(`${host}:${port}`);

  const refusalOfAddress = (destination: Destination, address: string): RefusalReason | null => {
    if (isVouched(destination)) return null;
    const range = rangeOf(address);
    // Plain http to a public address would show secrets to the whole way there, whatever development allows.
    if (range === 'public') return destination.protocol === 'http:' ? 'plain_http' : null;
    const allowed = range === 'loopback' ? allowPrivate !== false : range === 'private' && allowPrivate === true;
    return allowed ? null : range;
  };

  const refusalOfHost = (destination: Destination): RefusalReason | null => {
    const { host, protocol } = destination;
    if (isVouched(destination)) return null;
    if (isIP(host.replace(/%.*$/, '')) !== 0) return refusalOfAddress(destination, host);
    if (host === 'localhost' || host.endsWith('.localhost')) return refusalOfAddress(destination, '127.0.0.1');
    return protocol === 'http:' && allowPrivate !== true ? 'plain_http' : null;
  };

  return { refusalOfHost, refusalOfAddress };
}

/** The form in which hosts are compared: lower case, without brackets or trailing dot. */
export function normalHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

function vouchedHost(entry: string): string {
  const bracketed = isIP(entry) === 6 ? `[${entry}]` : entry;
  // A whole URL would vouch for a host called "http".
  if (!/^(\[[0-9a-f:.]+\]|[^\s:/?#@\\[\]]+)(:\d{1,5})?$/i.test(bracketed))
    throw new TypeError('not a host, host:port or address');
  const { hostname } = new URL(`http://${bracketed}`);
  // Not from the URL, which drops the default port: an entry `host:80` vouches for that port only.
  const port = /:(\d+)$/.exec(bracketed.replace(/\[.*\]/, ''))?.[1];
  return port === undefined ? normalHost(hostname) : `${normalHost(hostname)}:${port}`;
}
