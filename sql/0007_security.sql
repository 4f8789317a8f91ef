-- Least rights per role, and row-level security that binds: the roles own nothing, so no policy is passed.

grant usage on schema public to otobot_serve, otobot_audit, otobot_refresh, otobot_monitor;

-- serve: one tenant at a time. It can read the audit of its tenant and never write, alter or delete it.
grant select on organizations, encryption_keys, audit, outbox, refresh_attempts, connection_status to otobot_serve;
grant select, insert, update, delete on clients, services, apps, connections, token_sets, access_keys, connect_links, flows to otobot_serve;
grant select on access_key_usage to otobot_serve;
grant insert on outbox to otobot_serve;
grant select, insert, update, delete on processes to otobot_serve, otobot_refresh;

-- audit: the lane that commits the audit and, in the same statement, checks that the decision still stands; and the look-up of keys,
-- which comes before the tenant is known.
grant select on organizations, access_keys to otobot_audit;
grant select (id, version, organization_id) on connections to otobot_audit;
grant insert on audit to otobot_audit;
grant select (process_id, sequence) on audit to otobot_audit;
grant select, insert, update on access_key_usage to otobot_audit;

-- refresh: every tenant's due connections, and nothing of keys or audit.
grant select on organizations, clients, services, encryption_keys, connection_status to otobot_refresh;
grant select, update on apps, connections to otobot_refresh;
grant select, insert, update, delete on token_sets to otobot_refresh;
grant select, insert, update on refresh_attempts to otobot_refresh;
grant select, insert on outbox to otobot_refresh;
grant usage on sequence worker_numbers to otobot_refresh;
revoke execute on function otobot_make_partitions(integer) from public;
grant execute on function otobot_make_partitions(integer) to otobot_refresh;

-- monitor: metadata of every tenant, no sealed column.
grant select on organizations, clients, services, connection_status, processes, outbox, refresh_attempts to otobot_monitor;
grant select (id, organization_id, client_id, service, suspended_at, suspended_reason, next_probe_at) on apps to otobot_monitor;
grant select on connections to otobot_monitor;
grant select (id, organization_id, connection_id, generation, kind, access_key_version, refresh_key_version, expires_at, scopes, account_id,
              account_label, created_at)
  on token_sets to otobot_monitor;
grant select (version, purpose, status, wrapped_by, created_at, promoted_at, retired_at, destroyed_at) on encryption_keys to otobot_monitor;

do $$
declare tenant_table text;
begin
  foreach tenant_table in array array['clients', 'apps', 'connections', 'token_sets', 'access_keys', 'connect_links', 'flows', 'outbox',
                                      'audit', 'refresh_attempts'] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format('create policy tenant on %I to otobot_serve
                    using (organization_id = otobot_organization_id()) with check (organization_id = otobot_organization_id())', tenant_table);
  end loop;
  foreach tenant_table in array array['clients', 'apps', 'connections', 'token_sets', 'refresh_attempts', 'outbox'] loop
    execute format('create policy refresher on %I to otobot_refresh using (true) with check (true)', tenant_table);
    execute format('create policy monitor on %I for select to otobot_monitor using (true)', tenant_table);
  end loop;
end $$;

alter table organizations enable row level security;
create policy tenant on organizations for select to otobot_serve using (id = otobot_organization_id());
create policy all_of_them on organizations for select to otobot_audit, otobot_refresh, otobot_monitor using (true);

-- The shared catalogue is read by all and written by the operator's organization alone.
create function otobot_is_operator() returns boolean language sql stable
as $$ select exists (select from organizations where id = otobot_organization_id() and name = 'default') $$;
alter table services enable row level security;
create policy visible on services for select to otobot_serve using (organization_id = otobot_organization_id() or organization_id is null);
create policy own on services to otobot_serve
  using (organization_id = otobot_organization_id() or (organization_id is null and otobot_is_operator()))
  with check (organization_id = otobot_organization_id() or (organization_id is null and otobot_is_operator()));
create policy all_of_them on services for select to otobot_refresh, otobot_monitor using (true);

create policy look_up on access_keys for select to otobot_audit using (true);
create policy lane on connections for select to otobot_audit using (true);
create policy lane on audit to otobot_audit using (true) with check (true);
alter table access_key_usage enable row level security;
create policy tenant on access_key_usage for select to otobot_serve
  using (exists (select from access_keys k where k.id = key_id));
create policy lane on access_key_usage to otobot_audit using (true) with check (true);

-- A shared service must not be taken away, or moved, under organizations whose rows the operator's own requests cannot see.
create function otobot_service_use(service_id uuid) returns table (organization_id uuid, connections bigint, apps bigint, sealed_tokens bigint)
language sql stable security definer set search_path = pg_catalog, public
as $$
  select o.id,
         (select count(*) from connections c where c.organization_id = o.id and c.service = s.name),
         (select count(*) from apps a where a.organization_id = o.id and a.service = s.name),
         (select count(*) from connections c join token_sets t on t.connection_id = c.id
           where c.organization_id = o.id and c.service = s.name and t.refresh_sealed is not null)
    from services s
    join organizations o on o.id = s.organization_id
      or (s.organization_id is null
          and not exists (select from services own where own.organization_id = o.id and own.name = s.name))
   where s.id = service_id
$$;
comment on function otobot_service_use is 'How many connections, apps and sealed refresh tokens rest on a service, by organization that sees it.';
revoke execute on function otobot_service_use(uuid) from public;
grant execute on function otobot_service_use(uuid) to otobot_serve;
