import type { CommandGroup, Field } from '../managing/declaration';
import { noted, recorded, tabled } from '../managing/show';
import { end, listed, past } from '../managing/values';
import { isMembers, type Json } from '../managing/json';
import { ATTEMPT, statusAndHeld, TO_GO, TO_GO_IF_KNOWN } from '../terminal/columns';
import type { Screen } from '../terminal/screen';
import { list, record, text } from '../terminal/table';
import { withSecrets, withSecretsAskedFor } from './connection-secrets';
import { usageByWorkflow } from './connection-usage';
import { locateConnection } from './locate-connection';

const connection: Field = {
  flags: '<connection>',
  about: 'its id, or client/service[/name]; /service[/name] of the organization',
  to: 'params.id',
};
const one = { fields: [connection], locate: locateConnection };

export const connectionCommands: CommandGroup = {
  name: 'connection',
  about: "clients' credentials at services",
  commands: [
    {
      name: 'import',
      about: 'seal a credential that a client already has; an existing one gets the new tokens',
      route: 'POST /v1/connections',
      fields: [
        { flags: '<client>', about: 'whose it is; - for the organization', to: 'body.clientId' },
        { flags: '<service>', about: 'where it is valid', to: 'body.service' },
        { flags: '--name <name>', about: 'where a client has several', to: 'body.name' },
        { flags: '--kind <kind>', about: "where it is not the service's oauth type", to: 'body.kind' },
        { flags: '--tenant <name>', about: 'its own part of the service, such as a shop', to: 'body.tenant' },
        { flags: '--scopes <list>', about: 'what the token is good for', to: 'body.scopes', read: listed },
        {
          flags: '--expires <when>',
          about: 'the end of the token: 50m, or a moment',
          to: 'body.expiresAt',
          read: end,
        },
        {
          flags: '--consent-ends <when>',
          about: "the end of the client's consent, where known: 90d, or a moment",
          to: 'body.consentEndsAt',
          read: end,
        },
        { flags: '--verify', about: 'refresh it at once, to know that it works', to: 'body.verify', means: true },
      ],
      options: [{ flags: '--secrets-file <file>', about: 'the secrets as JSON, see below; - is standard input' }],
      examples: [
        'otobot connection import acme google --secrets-file acme.json --verify',
        'echo "$TOKENS" | otobot connection import acme google --expires 50m',
        'otobot connection import acme openai',
      ],
      help: [
        'The secrets come as JSON from a file or standard input, or are asked for:',
        '  oauth2, long_lived  {"accessToken": "…", "refreshToken": "…", "expiresAt": "…Z"}',
        '  api_key             {"apiKey": "…"}',
        '  basic               {"username": "…", "password": "…"}',
        '  client_credentials  {}',
      ].join('\n'),
      gather: withSecrets,
      locate: withSecretsAskedFor,
      show: recorded('The connection of {clientId} to {service} is sealed.'),
    },
    {
      name: 'list',
      about: 'show connections with their status',
      route: 'GET /v1/connections',
      fields: [
        { flags: '--client <client>', about: 'of this client; - for the organization', to: 'query.clientId' },
        { flags: '--service <service>', about: 'to this service', to: 'query.service' },
        { flags: '--status <status>', about: 'such as active or reauth_required', to: 'query.status' },
        {
          flags: '--expires-within <time>',
          about: 'whose token ends by then and nothing will renew it, such as 24h',
          to: 'query.expiresWithin',
        },
        {
          flags: '--consent-ends-within <time>',
          about: 'whose consent ends by then, or has ended, such as 14d',
          to: 'query.consentEndsWithin',
        },
      ],
      examples: [
        'otobot connection list',
        'otobot connection list --status reauth_required',
        'otobot connection list --client acme --expires-within 14d',
        'otobot connection list --consent-ends-within 14d',
      ],
      show: tabled(
        [
          { head: 'CLIENT', of: 'clientId' },
          { head: 'SERVICE', of: 'service' },
          { head: 'NAME', of: 'name' },
          statusAndHeld,
          { head: 'EXPIRES', of: 'expiresAt', ...TO_GO },
          { head: 'CONSENT ENDS', of: 'consentEndsAt', ...TO_GO_IF_KNOWN },
          { head: 'ID', of: 'id', whole: true, spare: true },
        ],
        'There are no such connections.',
      ),
    },
    {
      ...one,
      name: 'show',
      about: 'show one connection, with the latest attempts to refresh it',
      route: 'GET /v1/connections/:id',
      examples: ['otobot connection show acme/google', 'otobot connection show acme/google/second --json'],
      show: shownWithHistory,
    },
    {
      ...one,
      name: 'history',
      about: 'show every attempt to refresh it that is still kept',
      route: 'GET /v1/connections/:id/history',
      examples: ['otobot connection history acme/google', 'otobot connection history acme/google --json'],
      show: tabled(ATTEMPT, 'No attempt to refresh it is known.'),
    },
    {
      name: 'usage',
      about: 'show which workflows used its credential',
      route: 'GET /v1/connections/:id/usage',
      fields: [
        connection,
        {
          flags: '--since <when>',
          about: 'from then on: 7d (ago), a day or a moment; 30d',
          to: 'query.since',
          read: past,
        },
      ],
      locate: locateConnection,
      examples: ['otobot connection usage acme/google', 'otobot connection usage acme/google --since 7d --json'],
      show: usageByWorkflow,
    },
    {
      ...one,
      name: 'refresh',
      about: 'have it refreshed now, and wait up to 5 s for it',
      route: 'POST /v1/connections/:id/refresh',
      examples: ['otobot connection refresh acme/google'],
      show: recorded(({ refreshOutcome }) => OUTCOMES[text(refreshOutcome ?? null)] ?? 'It was asked for.'),
    },
    {
      ...one,
      name: 'disable',
      about: 'neither serve nor refresh it any more',
      route: 'POST /v1/connections/:id/disable',
      examples: ['otobot connection disable acme/google'],
      show: noted('Connection {id} is disabled.'),
    },
    {
      ...one,
      name: 'enable',
      about: 'put it back into service',
      route: 'POST /v1/connections/:id/enable',
      examples: ['otobot connection enable acme/google'],
      show: noted('Connection {id} is enabled, and {status}.'),
    },
    {
      ...one,
      name: 'accept',
      about: 'the other account that the client signed in with is the right one',
      route: 'POST /v1/connections/:id/held/accept',
      examples: ['otobot connection accept acme/google'],
      show: noted('Connection {id} uses the other account from now on.'),
    },
    {
      ...one,
      name: 'reject',
      about: 'the other account was a mistake: forget it, and keep the one in use',
      route: 'POST /v1/connections/:id/held/reject',
      examples: ['otobot connection reject acme/google'],
      show: noted(
        ({ revocation }) => `The other account was forgotten; connection {id} stays as it was.${told(revocation)}`,
      ),
    },
    {
      ...one,
      name: 'delete',
      about: 'delete it with its tokens, and revoke them at the provider',
      route: 'DELETE /v1/connections/:id',
      examples: ['otobot connection delete acme/google', 'otobot connection delete acme/google --yes'],
      confirm: 'Delete connection {id} with its tokens, for good?',
      show: noted(({ revocation }) => `Connection {id} was deleted.${told(revocation)}`),
    },
  ],
};

/** The attempts to refresh it in a table of their own, below. */
function shownWithHistory(answer: Json, screen: Screen): string {
  const { history, ...facts } = isMembers(answer) ? answer : {};
  const attempts = Array.isArray(history) ? history.filter(isMembers) : [];
  const shown = record(facts, screen);
  return attempts.length === 0 ? shown : `${shown}\n\n${list(attempts, ATTEMPT, screen)}`;
}

const told = (revocation: Json | undefined): string => ` ${REVOCATIONS[text(revocation ?? null)] ?? ''}`;

const REVOCATIONS: Readonly<Record<string, string>> = {
  queued: 'A worker revokes its tokens at the provider (npm start, or otobot refresh).',
  shared: 'Its tokens were not revoked at the provider: another connection may live on the same consent.',
  unsupported: 'Nothing was revoked at the provider: the service has no revocation URL, or no app.',
  none: 'There was nothing to revoke at the provider.',
};

const OUTCOMES: Readonly<Record<string, string>> = {
  refreshed: 'It was refreshed.',
  alive: 'Its token was asked after, and still works.',
  failed: 'The refresh failed; it is tried again where that can help.',
  pending: 'Nothing came of it within 5 s. Is a refresher running (npm start, or otobot refresh)?',
};
