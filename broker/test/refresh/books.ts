import path from 'node:path';
import { check, type Life, type Verdict } from '../../../test/faults/check/check.cjs';
import { gather } from '../../../test/faults/check/gather.cjs';
import { tokenContext } from '../../src/services/seal-contexts';
import type { Added, Scene } from './scene';

/** What the checker of `npm run test:faults` says of these connections. Their workers must have come to rest. */
export async function verdictOn(scene: Scene, added: readonly Added[], lives: Life[] = []): Promise<Verdict> {
  const { db, vault, organizationId, provider, dataDir } = scene;
  const consents = new Map(added.map(({ id, issued }) => [id, issued.consent]));
  const endpoints = { tokenUrl: provider.tokenUrl, refreshUrl: null };
  const evidence = await gather({
    query: async (text) => (await db.query(text)).rows,
    commands: {
      journal: () => provider.commands.journal(),
      judge: (tokens) => Promise.resolve(tokens.map((each) => provider.commands.judge(each))),
    },
    open: ({ access, refresh, ...stored }) => {
      const owner = { ...stored, organizationId, tenant: null };
      const refreshContext = tokenContext(owner, 'refresh_token', stored.generation, endpoints);
      return {
        accessToken: vault.open('access', tokenContext(owner, 'access_token', stored.generation), access).toString(),
        refreshToken: vault.open('refresh', refreshContext, refresh).toString(),
      };
    },
    consentOf: (id) => consents.get(id),
    spoolFolder: path.join(dataDir, 'spool'),
    lives,
  });
  return check(evidence);
}
