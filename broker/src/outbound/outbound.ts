import { promises as dns, type LookupAddress } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { OutboundRefused } from './outbound-refused';
import { createPolicy, normalHost, type Destination, type OutboundOptions, type Policy } from './policy';

/** The form in which `@hapi/wreck` takes agents. */
export interface OutboundAgents {
  http: http.Agent;
  https: https.Agent;
  /** The verifying agent once more: there is no way to switch certificate verification off. */
  httpsAllowUnauthorized: https.Agent;
}

export interface Outbound {
  agents: OutboundAgents;
  /** Throws OutboundRefused for what shows in the URL itself; names are judged by their addresses when dialled. */
  assertAllowed(url: string | URL): void;
  /** Closes idle and busy connections. */
  close(): void;
}

export type Resolve = (host: string) => Promise<LookupAddress[]>;

/**
 * Less than the 5 s after which common servers close idle connections: a request written into a closing connection is
 * reset with its outcome unknown, which for a rotating refresh token is the worst answer there is.
 */
const IDLE_SOCKET_MS = 2_000;
/** Of one host. As many as a worker has requests under way: Node's 256 would close and open the rest again and again. */
const MAX_IDLE_SOCKETS = 1_000;

/**
 * The way out for every call of the broker: refuses destinations before connecting. The agents enforce it themselves, so a
 * caller that forgets `assertAllowed`, or follows a redirect, is refused too. No proxy: agents of our own read no
 * proxy variables, also where Node's global agent does.
 */
export function createOutbound(options: OutboundOptions, resolve: Resolve = resolveAll): Outbound {
  const policy = createPolicy(options);
  const shared = {
    keepAlive: true,
    maxFreeSockets: MAX_IDLE_SOCKETS,
    scheduling: 'lifo',
    timeout: IDLE_SOCKET_MS,
  } as const;
  const plain = guard(new http.Agent(shared), 'http:', policy, resolve);
  const secure = guard(new https.Agent({ ...shared, rejectUnauthorized: true }), 'https:', policy, resolve);
  return {
    agents: { http: plain, https: secure, httpsAllowUnauthorized: secure },
    assertAllowed: (url) => {
      assertAllowed(policy, url);
    },
    close: () => {
      plain.destroy();
      secure.destroy();
    },
  };
}

function assertAllowed(policy: Policy, input: string | URL): void {
  if (!URL.canParse(String(input))) throw new OutboundRefused('an invalid URL', 'scheme');
  const url = new URL(input);
  const { protocol, hostname } = url;
  if (protocol !== 'http:' && protocol !== 'https:') throw new OutboundRefused(hostname || protocol, 'scheme');
  if (url.username !== '' || url.password !== '') throw new OutboundRefused(hostname, 'credentials_in_url');
  const port = url.port === '' ? defaultPort(protocol) : Number(url.port);
  const reason = policy.refusalOfHost({ protocol, host: normalHost(hostname), port });
  if (reason !== null) throw new OutboundRefused(hostname, reason);
}

/** Node calls no `lookup` for IP literals, hence the check of the host beside the check of what it resolves to. */
function guard<A extends http.Agent>(agent: A, protocol: Destination['protocol'], policy: Policy, resolve: Resolve): A {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const host = normalHost(options.host ?? 'localhost');
    const destination = { protocol, host, port: Number(options.port ?? defaultPort(protocol)) };
    const reason = options.socketPath ? 'scheme' : policy.refusalOfHost(destination);
    if (reason === null) return connect({ ...options, lookup: guardedLookup(destination, policy, resolve) }, callback);
    const refused = new OutboundRefused(host, reason);
    process.nextTick(() => (callback as ((error: Error) => void) | undefined)?.(refused));
    return undefined;
  };
  return agent;
}

/**
 * Resolves once, judges every address and hands exactly those to the socket: no second resolution that could answer
 * differently. One bad address among good ones refuses the whole name, since which one is dialled is chance.
 */
function guardedLookup(destination: Destination, policy: Policy, resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const reason = addresses
          .map(({ address }) => policy.refusalOfAddress(destination, address))
          .find((r) => r !== null);
        const usable = addresses.filter(({ family }) => !options.family || familyNumber(options.family) === family);
        const [first] = usable;
        if (reason) callback(new OutboundRefused(destination.host, reason), '', 0);
        else if (!first) callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '', 0);
        else if (options.all) callback(null, usable);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => {
        callback(error as NodeJS.ErrnoException, '', 0);
      },
    );
  };
}

const resolveAll: Resolve = (host) => dns.lookup(host, { all: true });
const defaultPort = (protocol: Destination['protocol']): number => (protocol === 'https:' ? 443 : 80);
const familyNumber = (family: number | 'IPv4' | 'IPv6'): number =>
  typeof family === 'number' ? family : Number(family.slice(3));
