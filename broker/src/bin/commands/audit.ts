import type { CommandGroup, Field } from '../managing/declaration';
import { isMembers, type Json } from '../managing/json';
import { recorded, tabled } from '../managing/show';
import { past } from '../managing/values';
import { secondOf } from '../terminal/moments';
import { text } from '../terminal/table';

/** Which records; the same for a list and an export. */
const FILTERS: readonly Field[] = [
  {
    flags: '--since <when>',
    about: 'from then on: 7d (ago), a day or a moment; a day before --until',
    to: 'query.since',
    read: past,
  },
  { flags: '--until <when>', about: 'up to then: 1h (ago), a day or a moment; now', to: 'query.until', read: past },
  { flags: '--client <client>', about: 'about this client; - for the organization', to: 'query.clientId' },
  { flags: '--service <service>', about: 'about this service', to: 'query.service' },
  { flags: '--key <id>', about: 'by this access key', to: 'query.keyId' },
  { flags: '--action <action>', about: 'such as credential.read', to: 'query.action' },
];

/** `accessKeyId=4fzQ1xY2bC3d reason=leaked` */
const pairs = (detail: Json): string =>
  isMembers(detail)
    ? Object.entries(detail)
        .map(([name, value]) => `${name}=${text(value)}`)
        .join(' ')
    : text(detail);

/** `verify`, which has its own way to end, stands beside them. */
export const auditCommands: CommandGroup = {
  name: 'audit',
  about: 'who did what, and the proof that nobody changed it since',
  commands: [
    {
      name: 'list',
      about: 'show who did what, newest first',
      route: 'GET /v1/audit',
      fields: [...FILTERS, { flags: '--limit <n>', about: 'so many at most, up to 500; 100', to: 'query.limit' }],
      examples: [
        'otobot audit list',
        'otobot audit list --client acme --since 7d --action credential.read',
        'otobot audit list --key 4fzQ1xY2bC3d --json',
      ],
      help: 'For more than 500 records: otobot audit export',
      onePage: true,
      show: tabled(
        [
          { head: 'WHEN (UTC)', of: 'occurredAt', as: (at) => (typeof at === 'string' ? secondOf(at) : text(at)) },
          { head: 'WHO', of: 'actor' },
          { head: 'ACTION', of: 'action' },
          { head: 'RESULT', of: 'code', style: (code) => (DONE.has(code) ? 'green' : 'red') },
          { head: 'CLIENT', of: 'clientId' },
          { head: 'SERVICE', of: 'service' },
          { head: 'WORKFLOW', of: 'workflowId', spare: true },
          { head: 'FROM', of: 'address', spare: true },
          { head: 'DETAIL', of: 'detail', as: pairs, spare: true },
        ],
        'There is nothing of that in the audit.',
      ),
    },
    {
      name: 'export',
      about: 'write the records out in full, oldest first, a record a line',
      route: 'GET /v1/audit/export',
      fields: [...FILTERS, { flags: '--format <format>', about: 'ndjson or csv; ndjson', to: 'query.format' }],
      examples: [
        'otobot audit export --since 2026-11-01 --until 2026-12-01 > november.ndjson',
        'otobot audit export --since 30d --client acme --format csv > acme.csv',
      ],
      show: 'file',
    },
    {
      name: 'head',
      about: 'show the newest seal; kept elsewhere, it shows later whether the end of the audit was cut off',
      route: 'GET /v1/audit/head',
      ofAll: true,
      fields: [],
      examples: ['otobot audit head', 'otobot audit head --json >> /mnt/elsewhere/audit-heads'],
      show: recorded(),
    },
  ],
};

const DONE: ReadonlySet<string> = new Set(['released', 'admitted', 'pruned']);
