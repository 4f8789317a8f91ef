-- Windows that were open to whoever may write as one of the roles, and what a clock that was wrong for a moment leaves behind.

-- A count below zero would be a quota above its limit, and whoever serves may begin a row.
alter table access_key_usage add constraint access_key_usage_counts check (day_count >= 0 and month_count >= 0);

create or replace function otobot_take_from_quota(key text, wanted bigint, per_day bigint, per_month bigint, address text,
                                                  out granted bigint, out free_at timestamptz)
language plpgsql volatile
as $$
declare
  used  public.access_key_usage;
  today date := (public.otobot_now() at time zone 'UTC')::date;
  month_begin date;
begin
  insert into public.access_key_usage (key_id) values (key) on conflict do nothing;
  -- What stands there now, not what stood there when the statement began: the processes of one key wait for each other here.
  select * into strict used from public.access_key_usage where key_id = key for update;
  -- Who waited past midnight must not put back the day of those who were faster. A day beyond tomorrow was written by a clock that was
  -- wrong, and would close the key until then.
  if used.day <= today + 1 then today := greatest(today, used.day); end if;
  month_begin := date_trunc('month', today)::date;
  if used.day is distinct from today then used.day_count := 0; end if;
  if used.month is distinct from month_begin then used.month_count := 0; end if;

  granted := greatest(0, least(wanted, per_day - used.day_count, per_month - used.month_count));
  if granted < wanted then
    free_at := case when per_month - used.month_count <= granted then month_begin + interval '1 month' else today + 1 end at time zone 'UTC';
  end if;
  update public.access_key_usage
     set day = today, day_count = used.day_count + granted, month = month_begin, month_count = used.month_count + granted,
         last_used_at = greatest(last_used_at, public.otobot_now()), last_used_ip = address
   where key_id = key;
end $$;

-- Retention. Whoever drops days may set the clock of his own session, and so make all of the audit look old: only a clock that is set for
-- the database counts. And a row from before all days has no day of its own to go with.
create or replace function otobot_drop_audit_day(keep_days integer) returns date
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  moved      interval := (
    select substr(setting, length('otobot.clock_offset=') + 1) from pg_db_role_setting s, unnest(s.setconfig) as setting
     where s.setrole = 0 and s.setdatabase = (select oid from pg_database where datname = current_database())
       and setting ~ '^otobot\.clock_offset=.');
  moment     timestamptz := least(public.otobot_now(), now() + coalesce(moved, interval '0'));
  first_kept date := (moment at time zone 'UTC')::date - keep_days;
  partition  regclass;
  old_day    date;
  gone       bigint;
begin
  if keep_days < 30 then
    raise exception 'the audit is kept for at least 30 days' using errcode = 'invalid_parameter_value';
  end if;
  if not pg_try_advisory_xact_lock(hashtext('otobot.drop_audit')) then return null; end if;

  select c.oid, to_date(right(c.relname, 8), 'YYYYMMDD') into partition, old_day
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
   where i.inhparent = 'public.audit'::regclass and c.relname ~ '^audit_\d{8}$' and to_date(right(c.relname, 8), 'YYYYMMDD') < first_kept
   order by c.relname limit 1;
  if partition is not null then
    execute format('select count(*) from %s', partition) into gone;
    -- Counted before, because from here on every read waits; and no longer than they would notice. The lanes come first: theirs is the
    -- order "table, then batch", too.
    perform set_config('lock_timeout', '100ms', true);
    begin
      lock table public.audit in access exclusive mode;
    exception when lock_not_available then return null;
    end;
    execute format('drop table %s', partition);
  else
    -- What no day was made for (a moved clock, a long time without workers). A day is deleted in one go: half of it would look like a theft.
    select greatest(min((occurred_at at time zone 'UTC')::date), date '0001-01-01') into old_day from public.audit_default
     where occurred_at < first_kept::timestamp at time zone 'UTC' having count(*) > 0;
    if old_day is null then return null; end if;
    delete from public.audit_default where occurred_at < (old_day + 1)::timestamp at time zone 'UTC';
    get diagnostics gone = row_count;
  end if;

  insert into public.audit (occurred_at, process_id, sequence, organization_id, action, code, actor, detail)
  select moment, gen_random_uuid(), 1, o.id, 'audit.pruned', 'pruned', 'retention', jsonb_build_object('day', old_day, 'rows', gone)
    from public.organizations o where o.name = 'default' and gone > 0;
  return old_day;
end $$;

-- The row of before its revocation still has the MAC of then: whoever kept it could put it back, were he allowed to take back a revocation.
create function otobot_stays_revoked() returns trigger language plpgsql
as $$
begin
  raise exception 'access key % was revoked, and stays so', old.id using errcode = 'restrict_violation';
end $$;
comment on function otobot_stays_revoked is 'Ends the statement that would take back a revocation.';
create trigger stays_revoked before update on access_keys for each row
  when (current_user = 'otobot_serve' and old.revoked_at is not null and new.revoked_at is null) execute function otobot_stays_revoked();
