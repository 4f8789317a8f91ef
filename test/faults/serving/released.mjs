import { persistently } from '../stage.mjs';

const PAGE = 20_000;

/** All releases in the audit, with what else `columns` names of them. */
export async function listReleases({ database }, columns = '') {
  const releases = [];
  let after = ['00000000-0000-0000-0000-000000000000', 0];
  for (;;) {
    const page = await persistently(() =>
      database.query({
        text: `select request_id as "requestId", process_id as "processId", sequence, organization_id as "organizationId", actor,
                      client_id as "clientId", service, connection_id as "connectionId", generation ${columns}
                 from audit where action = 'credential.read' and code = 'released' and (process_id, sequence) > ($1::uuid, $2::bigint)
                order by process_id, sequence limit ${PAGE}`,
        values: after,
      }),
    );
    releases.push(...page);
    if (page.length < PAGE) return releases;
    after = [page.at(-1).processId, page.at(-1).sequence];
  }
}
