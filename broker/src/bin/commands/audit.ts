import type { CommandGroup } from '../managing/declaration';
import { recorded } from '../managing/show';

/** `verify`, which has its own way to end, stands beside them. */
export const auditCommands: CommandGroup = {
  name: 'audit',
  about: 'who did what, and the proof that nobody changed it since',
  commands: [
    {
      name: 'head',
      about: 'show the newest seal; kept elsewhere, it shows later whether the end of the audit was cut off',
      route: 'GET /v1/audit/head',
      fields: [],
      examples: ['otobot audit head', 'otobot audit head --json >> /mnt/elsewhere/audit-heads'],
      show: recorded(),
    },
  ],
};
