-- The audit as something that can be sealed: which rows are settled, and in what order.

create sequence audit_batches;
comment on sequence audit_batches is 'Numbers of the statements that wrote to the audit; a number whose statement failed is skipped.';

-- The lock comes before the number, so whoever holds the lock alone for an instant knows: every number drawn by then is committed or never
-- will be. It ends with the transaction, after its rows are visible, also where the backend was killed.
create function otobot_audit_batch() returns bigint language plpgsql volatile
as $$
begin
  perform pg_advisory_xact_lock_shared(hashtext('otobot.audit_batches'));
  return nextval('public.audit_batches');
end $$;
comment on function otobot_audit_batch is
  'The number of one statement that writes to the audit. Called once per statement; until the end of its transaction nobody settles.';

create function otobot_settled_audit_batch() returns bigint language plpgsql volatile
security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(hashtext('otobot.audit_batches'));
  return (select case when is_called then last_value else 0 end from public.audit_batches);
end $$;
comment on function otobot_settled_audit_batch is
  'All rows up to this batch are visible to statements that begin from now on, and no other will come. To be called in a transaction of its own, with a short lock_timeout: while it waits, and until it ends, no lane writes.';
revoke execute on function otobot_settled_audit_batch() from public;
grant execute on function otobot_settled_audit_batch() to otobot_audit; -- before it sends a batch of unknown outcome again
grant usage on sequence audit_batches to otobot_audit;

-- Two steps, so that no row is rewritten: those from before stay without a number. The default is for a writer that names none, such as a
-- process of the version before.
alter table audit add column batch bigint;
alter table audit alter column batch set default otobot_audit_batch();
comment on column audit.batch is
  'The statement that wrote the row, from audit_batches; with process_id and sequence its place in the chain. null: written before there was one.';

-- Each index is written with every read. One by process was for a batch of unknown outcome only, which finds its rows among the
-- organization's newest as well; this one grows at its end and holds each number once.
drop index audit_by_process;
create index audit_by_batch on audit (batch) where batch is not null;

-- What a batch of unknown outcome looks for.
grant select (occurred_at, organization_id) on audit to otobot_audit;

-- Quotas are counted by the statement that writes the rows, so a release is counted exactly when it is in the audit.
create function otobot_take_from_quota(key text, wanted bigint, per_day bigint, per_month bigint, address text,
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
comment on function otobot_take_from_quota is
  'Counts up to so many releases of a key and says how many of them its quota allows; free_at: when it allows more again, where it allowed less. Locks the row of the key until the end of the transaction.';

-- Retention. Days go whole, and each leaves a row that says so: the chain of seals has to explain what is missing.
-- Whoever drops days may set the clock of his own session, and so make all of the audit look old: only a clock that is set for the database
-- counts. And a row from before all days has no day of its own to go with.
create function otobot_drop_audit_day(keep_days integer) returns date
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
comment on function otobot_drop_audit_day is
  'Drops the oldest day of the audit that is older than so many days, tells of it in the audit of the operator''s organization, and returns it; null: there is none, or it is in use.';
revoke execute on function otobot_drop_audit_day(integer) from public;
grant execute on function otobot_drop_audit_day(integer) to otobot_refresh;
