import type { CommandGroup } from '../managing/declaration';
import { noted, tabled } from '../managing/show';
import { duration, listed } from '../managing/values';
import { TO_GO } from '../terminal/columns';

export const connectLinkCommands: CommandGroup = {
  name: 'connect-link',
  about: 'links by which clients connect their accounts themselves',
  commands: [
    {
      name: 'create',
      about: 'make a link to send to a client; it is shown only this once',
      route: 'POST /v1/connect-links',
      fields: [
        { flags: '<client>', about: 'who is to connect an account', to: 'body.clientId' },
        { flags: '<service>', about: 'at which service', to: 'body.service' },
        { flags: '--name <name>', about: 'where a client has several', to: 'body.name' },
        { flags: '--reason <text>', about: 'why you ask; the client reads it', to: 'body.reason' },
        { flags: '--scopes <list>', about: "in place of the service's", to: 'body.scopes', read: listed },
        {
          flags: '--tenant <name>',
          about: 'its own part of the service, such as a shop; the page asks unless given',
          to: 'body.tenant',
        },
        { flags: '--return-url <url>', about: 'where the client may go afterwards', to: 'body.returnUrl' },
        { flags: '--expires-in <time>', about: '7d unless given', to: 'body.expiresIn', read: duration },
      ],
      examples: [
        'otobot connect-link create acme google',
        'otobot connect-link create acme google --reason "For your invoices" --expires-in 14d',
      ],
      show: noted('Send this link to {clientId}. It works once, until {expiresAt}:\n\n  {url}'),
    },
    {
      name: 'list',
      about: 'show the links, newest first',
      route: 'GET /v1/connect-links',
      fields: [],
      examples: ['otobot connect-link list'],
      show: tabled(
        [
          { head: 'CLIENT', of: 'clientId' },
          { head: 'SERVICE', of: 'service' },
          { head: 'NAME', of: 'name' },
          { head: 'STATUS', of: 'status', style: (status) => (status === 'open' ? 'green' : 'dim') },
          { head: 'EXPIRES', of: 'expiresAt', ...TO_GO },
          { head: 'ID', of: 'id', whole: true },
        ],
        'There are no connect links yet. Make one with: otobot connect-link create',
      ),
    },
    {
      name: 'revoke',
      about: 'make a link useless',
      route: 'DELETE /v1/connect-links/:id',
      fields: [{ flags: '<link>', about: 'its id', to: 'params.id' }],
      examples: ['otobot connect-link revoke 5f0c8f0e-52a4-4e55-9c3e-1f2c8b2d7a10'],
      show: noted('Connect link {id} is revoked.'),
    },
  ],
};
