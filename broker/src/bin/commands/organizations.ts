import type { CommandGroup } from '../managing/declaration';
import { noted, recorded, tabled } from '../managing/show';
import { asIs, clearable } from '../managing/values';
import { DAY, suspension } from '../terminal/columns';
import { stopped, SUSPENSION_FIELDS } from './suspending';

export const organizationCommands: CommandGroup = {
  name: 'organization',
  about: 'the tenants; there is always "default"',
  commands: [
    {
      name: 'create',
      about: 'add an organization, apart from all others',
      route: 'POST /v1/organizations',
      ofAll: true,
      fields: [
        { flags: '<name>', about: 'lower-case letters, digits and dashes; never changes', to: 'body.name' },
        { flags: '--display-name <text>', about: 'for people; the name unless given', to: 'body.displayName' },
      ],
      examples: [
        'otobot organization create north --display-name "North Agency"',
        'otobot access-key create --organization north --preset operator',
      ],
      show: recorded('Organization {name} was created.'),
    },
    {
      name: 'edit',
      about: 'change what its clients see on their pages',
      route: 'PATCH /v1/organizations/:name',
      ofAll: true,
      fields: [
        { flags: '<name>', about: 'which one', to: 'params.name' },
        { flags: '--display-name <text>', about: 'for people', to: 'body.displayName' },
        {
          flags: '--logo <url>',
          about: 'an https URL of its logo; "" removes it',
          to: 'body.logoUrl',
          read: clearable(asIs),
        },
        { flags: '--color <color>', about: 'such as #0a7d5a; "" removes it', to: 'body.color', read: clearable(asIs) },
      ],
      examples: ['otobot organization edit default --display-name "North Agency" --color "#0a7d5a"'],
      show: recorded('Organization {name} was changed.'),
    },
    {
      name: 'suspend',
      about: 'refuse its keys and close its Connect pages; its tokens are kept fresh',
      route: 'POST /v1/organizations/:name/suspend',
      ofAll: true,
      fields: [{ flags: '<name>', about: 'which one; never "default"', to: 'params.name' }, ...SUSPENSION_FIELDS],
      examples: ['otobot organization suspend north --dry-run', 'otobot organization suspend north --reason "unpaid"'],
      show: stopped({
        done: 'Organization {name} is suspended: its keys are refused.',
        would: 'Organization {name} is left as it is.',
      }),
    },
    {
      name: 'resume',
      about: 'end a suspension',
      route: 'POST /v1/organizations/:name/resume',
      ofAll: true,
      fields: [{ flags: '<name>', about: 'which one', to: 'params.name' }],
      examples: ['otobot organization resume north'],
      show: noted('Organization {name} is back in service.'),
    },
    {
      name: 'list',
      about: 'show all organizations',
      route: 'GET /v1/organizations',
      ofAll: true,
      fields: [],
      examples: ['otobot organization list'],
      show: tabled(
        [
          { head: 'ORGANIZATION', of: 'name' },
          { head: 'DISPLAY NAME', of: 'displayName' },
          suspension,
          { head: 'CREATED', of: 'createdAt', ...DAY },
        ],
        'There are no organizations.',
      ),
    },
  ],
};
