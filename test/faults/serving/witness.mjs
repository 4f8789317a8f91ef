/**
 * Evidence of the database's own, taken down by PostgreSQL and by nothing of ours: each change of a row that a release rests on, with
 * the transaction that made it; and with each audit row the snapshot of the statement that wrote it. Why that decides: docs/decisions/0022.
 */
const WATCHED = {
  organizations: { key: ['id'], columns: ['suspended_at'] },
  access_keys: {
    key: ['id'],
    columns: ['organization_id', 'scopes', 'client_ids', 'services', 'expires_at', 'revoked_at'],
  },
  clients: { key: ['organization_id', 'client_id'], columns: ['suspended_at'] },
  services: { key: ['organization_id', 'name'], columns: ['suspended_at'] },
  connections: { key: ['id'], columns: ['organization_id', 'client_id', 'service', 'generation', 'status'] },
  token_sets: { key: ['id'], columns: ['connection_id', 'generation', 'kind', 'expires_at'] },
};

/** Before anything is stored, so that every row has its history from the beginning. */
export async function installWitness({ database }) {
  const statements = [
    'create schema witness',
    `create table witness.images (number bigint generated always as identity, transaction bigint not null, subject text not null, image jsonb)`,
    // Whoever changes a row holds its lock until the end of his transaction: so the numbers of one row are in the order of its changes.
    `create function witness.note() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
     declare
       shown jsonb := case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
     begin
       insert into witness.images (transaction, subject, image)
       select pg_current_xact_id()::text::bigint,
              tg_table_name || ' ' || (select string_agg(coalesce(shown ->> name, '-'), ' ' order by place)
                                         from unnest(tg_argv[0]::text[]) with ordinality as k (name, place)),
              case when tg_op <> 'DELETE' then (select jsonb_object_agg(name, shown -> name) from unnest(tg_argv[1]::text[]) name) end;
       return null;
     end $$`,
    ...Object.entries(WATCHED).map(
      ([table, { key, columns }]) =>
        `create trigger zz_witness after insert or update or delete on ${table} for each row
         execute function witness.note('{${key}}', '{${columns}}')`,
    ),
    // STABLE: the snapshot of the statement itself, the one its comparisons were made under.
    `alter table audit add column decided_in text default pg_current_snapshot()::text`,
  ];
  for (const text of statements) await database.query({ text });
}

/** Organizations move with every change to anything of theirs: only changes that say something else are kept. */
export async function listImages({ database }) {
  const rows = await database.query({
    text: `select number, transaction, subject, image from witness.images order by number`,
  });
  const latest = new Map();
  return rows.filter(({ subject, image }) => {
    const text = JSON.stringify(image);
    if (latest.get(subject) === text) return false;
    latest.set(subject, text);
    return true;
  });
}

const VERSION_TRIGGERS = `
  select c.relname as "table", t.tgname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
   where not t.tgisinternal and t.tgname in ('policy_insert', 'policy_update', 'policy_delete', 'organization_version', 'connection_version',
                                             'token_set_altered', 'token_set_deleted')`;

/** Takes the freshness condition out: no version moves any more, so every audit statement finds that nothing has changed. */
export async function blindVersions({ database }) {
  const triggers = await database.query({ text: VERSION_TRIGGERS });
  for (const { table, name } of triggers)
    await database.query({ text: `alter table ${table} disable trigger ${name}` });
}
