import type { CommandGroup, Field } from '../managing/declaration';
import { isMembers, type Json } from '../managing/json';
import { noted, recorded, tabled } from '../managing/show';
import { asIs, clearable } from '../managing/values';
import { confirmRevoking, REVOKING_FIELDS, stopped } from './suspending';
import { DAY, suspension } from '../terminal/columns';
import { text } from '../terminal/table';

const client: Field = { flags: '<client>', about: 'its Client ID', to: 'params.clientId' };
const email: Field = {
  flags: '--email <address>',
  about: 'of the person to ask to reconnect; "" removes it',
  to: 'body.email',
  read: clearable(asIs),
};
const locale: Field = {
  flags: '--locale <tag>',
  about: 'the language of its pages and mails, such as fr-CH; "" removes it',
  to: 'body.locale',
  read: clearable(asIs),
};

/** Counted by what becomes of the tokens; of those that there was nothing to revoke of, nothing is told. */
function revoked(revocations: Json | undefined): string {
  const counts = isMembers(revocations) ? revocations : {};
  const told = Object.entries(REVOKED).filter(([revocation]) => Number(counts[revocation] ?? 0) > 0);
  return told.map(([revocation, what]) => `\n${text(counts[revocation] ?? null)} of its connections ${what}`).join('');
}

const REVOKED: Readonly<Record<string, string>> = {
  queued: 'are being revoked at their providers.',
  shared: 'were not revoked: others may live on the same consent.',
  unsupported: 'could not be revoked: their services have no revocation URL, or no app.',
};

export const clientCommands: CommandGroup = {
  name: 'client',
  about: 'those on whose behalf workflows act',
  commands: [
    {
      name: 'create',
      about: 'add a client',
      route: 'POST /v1/clients',
      fields: [
        { flags: '<client>', about: 'its Client ID, which never changes', to: 'body.clientId' },
        { flags: '--name <text>', about: 'for people; the Client ID unless given', to: 'body.name' },
        email,
        locale,
      ],
      examples: ['otobot client create acme', 'otobot client create acme --name "Acme Corp" --email it@acme.example'],
      gather: ({ body, ...input }) => ({ ...input, body: { name: body.clientId, ...body } }),
      show: recorded('Client {clientId} was created.'),
    },
    {
      name: 'list',
      about: 'show all clients',
      route: 'GET /v1/clients',
      fields: [],
      examples: ['otobot client list', "otobot client list --json | jq -r '.items[].clientId'"],
      show: tabled(
        [
          { head: 'CLIENT', of: 'clientId' },
          { head: 'NAME', of: 'name' },
          { head: 'EMAIL', of: 'email' },
          suspension,
          { head: 'CREATED', of: 'createdAt', ...DAY },
        ],
        'There are no clients yet. Add one with: otobot client create',
      ),
    },
    {
      name: 'show',
      about: 'show one client',
      route: 'GET /v1/clients/:clientId',
      fields: [client],
      examples: ['otobot client show acme'],
      show: recorded(),
    },
    {
      name: 'edit',
      about: 'change what is given; the rest stays',
      route: 'PATCH /v1/clients/:clientId',
      fields: [client, { flags: '--name <text>', about: 'for people', to: 'body.name' }, email, locale],
      examples: ['otobot client edit acme --name "Acme Ltd"', 'otobot client edit acme --email ""'],
      show: recorded('Client {clientId} was changed.'),
    },
    {
      name: 'suspend',
      about: 'the kill switch: release no credential of the client any more, anywhere',
      route: 'POST /v1/clients/:clientId/suspend',
      fields: [client, ...REVOKING_FIELDS],
      examples: [
        'otobot client suspend acme --dry-run',
        'otobot client suspend acme --reason "laptop stolen"',
        'otobot client suspend acme --revoke --yes',
      ],
      confirm: confirmRevoking('Give up every consent of client {clientId} at its providers, for good?'),
      confirmBy: 'clientId',
      show: stopped({
        done: 'Client {clientId} is suspended: none of its credentials is released.',
        would: 'Client {clientId} is left as it is.',
      }),
    },
    {
      name: 'resume',
      about: 'end a suspension',
      route: 'POST /v1/clients/:clientId/resume',
      fields: [client],
      examples: ['otobot client resume acme'],
      show: noted('Client {clientId} is back in service.'),
    },
    {
      name: 'delete',
      about: 'delete a client with its own apps and its connections, which are revoked at the providers',
      route: 'DELETE /v1/clients/:clientId',
      fields: [client],
      examples: ['otobot client delete acme', 'otobot client delete acme --yes'],
      confirm: 'Delete client {clientId} with all its connections, for good?',
      show: noted(({ revocations }) => `Client {clientId} was deleted.${revoked(revocations)}`),
    },
  ],
};
