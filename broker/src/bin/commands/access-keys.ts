import { PRESETS, SCOPES, whatScopeAllows } from '../../secrets/scopes';
import type { KeyLimits } from '../../types/access-key';
import { BadUsage } from '../bad-usage';
import type { CommandGroup, Field } from '../managing/declaration';
import { minted, noted, recorded, tabled } from '../managing/show';
import { clearable, duration, listed, momentToCome, wholeNumber } from '../managing/values';
import { access, ALL, keyState, TO_GO } from '../terminal/columns';

const id: Field = { flags: '<id>', about: 'as `otobot access-key list` shows it', to: 'params.id' };
const name = (about: string): Field => ({ flags: '--name <text>', about, to: 'body.name' });
const scopes: Field = { flags: '--scopes <list>', about: 'what it may do, see below', to: 'body.scopes', read: listed };
const reach: readonly Field[] = [
  { flags: '--clients <list>', about: 'only for these clients', to: 'body.clientIds', read: listed },
  { flags: '--services <list>', about: 'only for these services', to: 'body.services', read: listed },
];
const limit = (flags: string, about: string, member: keyof KeyLimits): Field => {
  return { flags, about: `${about} at most; "" takes the limit away`, to: `body.limits.${member}`, read: orNone };
};
const orNone = clearable(wholeNumber);
const limits: readonly Field[] = [
  limit('--rate-per-minute <n>', 'requests a minute', 'ratePerMinute'),
  limit('--quota-per-day <n>', 'credentials a day (UTC)', 'quotaPerDay'),
  limit('--quota-per-month <n>', 'credentials a month (UTC)', 'quotaPerMonth'),
  { flags: '--expires <when>', about: 'such as 90d, 2027-01-31 or never', to: 'body.expiresAt', read: momentToCome },
];

const SCOPE_LIST = `Scopes:\n${SCOPES.map((scope) => `  ${scope.padEnd(19)}${whatScopeAllows(scope)}`).join('\n')}`;

export const accessKeyCommands: CommandGroup = {
  name: 'access-key',
  about: 'what n8n and other programs present',
  commands: [
    {
      name: 'create',
      about: 'make an access key and show it, once',
      route: 'POST /v1/access-keys',
      fields: [
        name('for people; the preset unless given'),
        {
          flags: '--preset <preset>',
          about: `what it may do, by purpose: ${Object.keys(PRESETS).join(', ')}`,
          to: 'body.preset',
        },
        { ...scopes, about: 'what it may do, see below; with --preset, what beyond that' },
        ...reach,
        ...limits,
        { flags: '--test', about: 'mark it as a test key (otb_test_…)', to: 'body.environment', means: 'test' },
      ],
      examples: [
        'otobot access-key create --preset n8n',
        'otobot access-key create --preset n8n --name "n8n of acme" --clients acme --expires 1y',
        'otobot access-key create --preset n8n --scopes connections:write,clients:write',
        'otobot access-key create --preset n8n --clients acme --quota-per-day 5000 --rate-per-minute 600',
        'otobot access-key create --name reports --scopes connections:read,audit:read',
        'otobot access-key create --preset monitor --json | jq -r .key > monitor.key',
      ],
      help: SCOPE_LIST,
      gather: ({ body, ...input }) => {
        if (body.preset === undefined && body.scopes === undefined)
          throw new BadUsage('it needs --preset or --scopes', 'for n8n: otobot access-key create --preset n8n');
        return { ...input, body: { name: body.preset, ...body } };
      },
      show: minted,
    },
    {
      name: 'list',
      about: 'show all access keys, never their text',
      route: 'GET /v1/access-keys',
      fields: [],
      examples: ['otobot access-key list'],
      show: tabled(
        [
          { head: 'ID', of: 'id', whole: true },
          { head: 'NAME', of: 'name' },
          { head: 'MAY', of: 'scopes', ...access },
          { head: 'CLIENTS', of: 'clientIds', ...ALL },
          { head: 'SERVICES', of: 'services', ...ALL },
          keyState,
          { head: 'EXPIRES', of: 'expiresAt', ...TO_GO },
          { head: 'LAST USED', of: 'lastUsedAt', ...TO_GO },
        ],
        'There are no access keys yet. Make one with: otobot access-key create --preset n8n',
      ),
    },
    {
      name: 'show',
      about: 'show what a key may do, until when, and how it is used',
      route: 'GET /v1/access-keys/:id',
      fields: [id],
      examples: ['otobot access-key show 4fzQ1xY2bC3d'],
      show: recorded(),
    },
    {
      name: 'edit',
      about: 'change what is given, at once in every process; the rest stays',
      route: 'PATCH /v1/access-keys/:id',
      fields: [
        id,
        name('for people'),
        scopes,
        ...reach,
        { flags: '--all-clients', about: 'for every client again', to: 'body.clientIds', means: null },
        { flags: '--all-services', about: 'for every service again', to: 'body.services', means: null },
        ...limits,
      ],
      examples: [
        'otobot access-key edit 4fzQ1xY2bC3d --clients acme,globex',
        'otobot access-key edit 4fzQ1xY2bC3d --expires 2027-01-31',
        'otobot access-key edit 4fzQ1xY2bC3d --quota-per-month 100000 --quota-per-day ""',
      ],
      help: SCOPE_LIST,
      show: recorded('Access key {id} was changed.'),
    },
    {
      name: 'reroll',
      about: 'make a new key that may do the same; the old one ends',
      route: 'POST /v1/access-keys/:id/reroll',
      fields: [
        id,
        {
          flags: '--grace <time>',
          about: 'how long the old one still works, such as 24h; not at all unless given',
          to: 'body.graceSeconds',
          read: duration,
        },
      ],
      examples: ['otobot access-key reroll 4fzQ1xY2bC3d --grace 24h', 'otobot access-key reroll 4fzQ1xY2bC3d --yes'],
      confirm: ({ body }) =>
        Number(body.graceSeconds ?? 0) > 0
          ? null
          : 'Replace access key {id}? The old one ends at once; --grace 24h would leave it a day.',
      show: minted,
    },
    {
      name: 'revoke',
      about: 'end a key at once, in every process',
      route: 'POST /v1/access-keys/:id/revoke',
      fields: [id, { flags: '--reason <text>', about: 'for those who look at it later', to: 'body.reason' }],
      examples: [
        'otobot access-key revoke 4fzQ1xY2bC3d',
        'otobot access-key revoke 4fzQ1xY2bC3d --reason leaked --yes',
      ],
      confirm: 'Revoke access key {id}, for good? Whatever uses it is refused from then on.',
      show: noted('Access key {id} is revoked: it releases nothing more.'),
      help: 'No key is the last one: at this machine `otobot access-key create --preset operator` makes another.',
    },
  ],
};
