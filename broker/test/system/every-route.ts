import { randomBytes, randomInt } from 'node:crypto';
import { z } from 'zod';
import type { Broker } from '../../src/app/broker';
import { allRoutes } from '../../src/http/serve';
import { mountedRoutes } from '../isolation/express-routes';
import { CANARY } from '../support/provider';

/** A request with canaries where no canary belongs. */
interface Misplaced {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

export const MISPLACED = `${CANARY}-misplaced`;
/** Those that answer with a secret, which is what they are asked for. */
export const isAskedForSecrets = (name: string): boolean => /\/v1\/(credentials|grants)|\/oauth2\/token/.test(name);

const canary = (): string => `${MISPLACED}-${randomBytes(8).toString('hex')}`;
const VALUES: Readonly<Record<string, string>> = { ':clientId': 'acme', ':service': 'crm', ':token': 'x'.repeat(54) };

/** Every route that is mounted, so that one which comes later is swept by itself. */
export const ROUTES = mountedRoutes({} as Broker);

/** Sends each route a canary in every place it has, by its own schema, and gives what was answered, by route. */
export async function misplaceEverywhere(url: string, key: string): Promise<Map<string, string[]>> {
  const answers = new Map<string, string[]>();
  for (const name of ROUTES) {
    const told = requestsOf(name, key).map(async ({ path, ...request }) => {
      const response = await fetch(url + path, { ...request, redirect: 'manual' });
      return `${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`;
    });
    answers.set(name, await Promise.all(told));
  }
  return answers;
}

function requestsOf(name: string, key: string): Misplaced[] {
  const [method = '', pattern = ''] = name.split(' ');
  const id = pattern.startsWith('/v1/access-keys') ? 'NoSuchKey000' : '00000000-0000-4000-8000-000000000000';
  // What deletes is to find nothing: the others need it.
  const value = (parameter: string): string => (method === 'DELETE' ? undefined : VALUES[parameter]) ?? id;
  const path = pattern.replace(/:\w+/g, value);
  const from = (): Record<string, string> => ({ 'x-forwarded-for': `198.18.${randomInt(256)}.${randomInt(256)}` });
  const known = { authorization: `Bearer ${key}` };
  const json = { 'content-type': 'application/json' };
  const sent = (headers: Record<string, string>, body?: string): Misplaced => ({
    ...{ method, path, headers: { ...from(), ...headers } },
    ...(body === undefined || method === 'GET' ? {} : { body }),
  });
  const query = (text: string): Misplaced => ({ ...sent(known), path: `${path}?${text}` });
  return [
    sent({ authorization: `Bearer ${canary()}` }),
    sent({ authorization: `Basic ${Buffer.from(`user:${canary()}`).toString('base64')}` }),
    sent({ authorization: canary() }),
    sent({
      ...known,
      cookie: `session=${canary()}`,
      'x-api-key': canary(),
      'proxy-authorization': canary(),
      referer: `https://x/${canary()}`,
    }),
    ...['access_token', 'key', canary()].map((parameter) => query(`${parameter}=${canary()}`)),
    query(`cursor=${canary()}&limit=${canary()}`),
    sent({ ...known, ...json }, `{"accessToken":"${canary()}`),
    sent({ ...known, ...json }, JSON.stringify(canary())),
    sent({ ...known, 'content-type': 'text/plain' }, canary()),
    sent(
      { ...known, 'content-type': 'application/x-www-form-urlencoded' },
      `client_secret=${canary()}&grant_type=${canary()}`,
    ),
    ...membersOf(name).map((member) => sent({ ...known, ...json }, JSON.stringify({ [member]: { x: [[canary()]] } }))),
    sent(
      { ...known, ...json },
      JSON.stringify(Object.fromEntries(membersOf(name).map((member) => [member, `${canary()}\n`]))),
    ),
    sent({ ...known, ...json }, JSON.stringify({ [canary()]: canary(), __proto: canary() })),
  ];
}

/** The members of the body that the route's own schema names. */
function membersOf(name: string): string[] {
  const route = allRoutes({} as Broker).find(({ method, path }) => `${method.toUpperCase()} ${path}` === name);
  if (route?.body == null) return [];
  const schema = z.toJSONSchema(route.body, { io: 'input', unrepresentable: 'any' });
  return Object.keys(schema.properties ?? {});
}
