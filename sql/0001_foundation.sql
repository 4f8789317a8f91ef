-- The ground: PostgreSQL's own clock for every decision, and the roles that the processes take on.

-- Time is the database's. Tests move a whole database through time with
--   alter database … set otobot.clock_offset = '30 minutes'
-- Production leaves the setting unset. All statements use this function and never now().
create function otobot_now() returns timestamptz
language sql stable parallel safe
as $$ select now() + coalesce(nullif(current_setting('otobot.clock_offset', true), ''), '0')::interval $$;

-- The tenant of the current transaction (set local otobot.organization_id = …); null outside one: then no row is visible.
create function otobot_organization_id() returns uuid
language sql stable parallel safe
as $$ select nullif(current_setting('otobot.organization_id', true), '')::uuid $$;

-- Owners and superusers pass every row-level policy, so no process works as one: each pool takes on a role that is bound.
-- Roles belong to the whole server, while several databases may migrate at once: an existing role is fine.
do $$
declare role_name text;
begin
  foreach role_name in array array['otobot_serve', 'otobot_audit', 'otobot_refresh', 'otobot_monitor'] loop
    begin
      execute format('create role %I nologin', role_name);
    exception when duplicate_object or unique_violation then null;
    end;
    -- 'set role' needs membership; a superuser has it anyway.
    if not pg_has_role(current_user, role_name, 'member') or not (select rolsuper from pg_roles where rolname = current_user) then
      begin
        execute format('grant %I to current_user', role_name);
      exception when duplicate_object or unique_violation then null;
      end;
    end if;
  end loop;
end $$;
