-- The two versions that a release of a secret is checked against, kept by triggers, so that plain SQL moves them as well.

create function otobot_connection_version() returns trigger language plpgsql as $$
begin
  new.updated_at := otobot_now();
  new.version := old.version + 1;
  return new;
end $$;

-- Claims, leases and backoff do not change what is served, so they do not move the version (and keep every cache warm).
create trigger connection_version before update on connections for each row
when ((old.organization_id, old.client_id, old.service, old.name, old.kind, old.app_id, old.generation, old.version,
       old.status, old.status_reason, old.account_id, old.account_label, old.metadata)
   is distinct from
      (new.organization_id, new.client_id, new.service, new.name, new.kind, new.app_id, new.generation, new.version,
       new.status, new.status_reason, new.account_id, new.account_label, new.metadata))
execute function otobot_connection_version();

create function otobot_token_set_version() returns trigger
language plpgsql security definer set search_path = pg_catalog, public
as $$
begin
  -- touching version alone makes the trigger above count it up
  update connections set version = version + 1 where id = old.connection_id;
  return null;
end $$;

-- A new generation moves connections.generation itself; here are the changes that would not: a set altered or deleted in place.
create trigger token_set_altered after update on token_sets for each row
when (old.kind in ('current', 'held') and
      (old.access_sealed, old.expires_at, old.scopes, old.token_type, old.base_url, old.connection_id, old.generation)
      is distinct from
      (new.access_sealed, new.expires_at, new.scopes, new.token_type, new.base_url, new.connection_id, new.generation))
execute function otobot_token_set_version();
create trigger token_set_deleted after delete on token_sets for each row
when (old.kind in ('current', 'held')) execute function otobot_token_set_version();

-- Statement triggers with transition tables: an import of 10,000 clients moves policy_version once.
-- A change to the shared catalogue (no organization) concerns every organization. Rows are locked in one order, so that two never deadlock.
create function otobot_policy_version() returns trigger
language plpgsql security definer set search_path = pg_catalog, public
as $$
declare concerned uuid[];
begin
  if tg_op = 'TRUNCATE' then concerned := array[null::uuid];
  elsif tg_op = 'INSERT' then select array_agg(distinct organization_id) into concerned from changed_new;
  elsif tg_op = 'DELETE' then select array_agg(distinct organization_id) into concerned from changed_old;
  else select array_agg(distinct organization_id) into concerned
         from (select organization_id from changed_old union all select organization_id from changed_new) c;
  end if;
  update organizations set policy_version = policy_version + 1
   where id in (select id from organizations o
                 where o.id = any (concerned) or array_position(concerned, null) is not null
                 order by id for no key update);
  return null;
end $$;

do $$
declare watched text;
begin
  foreach watched in array array['clients', 'services', 'apps', 'access_keys'] loop
    execute format('create trigger policy_insert after insert on %I referencing new table as changed_new
                    for each statement execute function otobot_policy_version()', watched);
    execute format('create trigger policy_update after update on %I referencing old table as changed_old new table as changed_new
                    for each statement execute function otobot_policy_version()', watched);
    execute format('create trigger policy_delete after delete on %I referencing old table as changed_old
                    for each statement execute function otobot_policy_version()', watched);
    execute format('create trigger policy_truncate after truncate on %I
                    for each statement execute function otobot_policy_version()', watched);
  end loop;
end $$;

create function otobot_organization_version() returns trigger language plpgsql as $$
begin
  new.policy_version := old.policy_version + 1;
  return new;
end $$;
create trigger organization_version before update on organizations for each row
when ((old.name, old.suspended_at) is distinct from (new.name, new.suspended_at))
execute function otobot_organization_version();
