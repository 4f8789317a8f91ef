-- When consents end, who is told of it and when, and how long the history of refreshes is kept.

alter table services
  add column consent_idle_seconds integer check (consent_idle_seconds > 0),
  add column consent_seconds      integer check (consent_seconds > 0);
comment on column services.consent_idle_seconds is
  'How long a consent lives without a refresh: each refresh gives it that long anew, because it renews the refresh token or counts as use. null: not known, or without such an end.';
comment on column services.consent_seconds is
  'How long a consent lives however often it is refreshed. null: not known, or without such an end.';

-- Held and late sets take their ends along, for when they are adopted.
alter table token_sets
  add column idle_expires_at     timestamptz,
  add column absolute_expires_at timestamptz;
comment on column token_sets.refresh_expires_at is 'The ends of the consent as this answer left them: see connections.';

comment on column connections.refresh_expires_at is
  'The end of the refresh token as the provider stated it, where the next refresh moves it.';
comment on column connections.idle_expires_at is
  'The end of a consent that nobody refreshes until then, by services.consent_idle_seconds: the next refresh moves it.';
comment on column connections.absolute_expires_at is
  'The end of the consent that no refresh moves: stated by the provider, or by services.consent_seconds.';

-- What was stated of a refresh token that is never replaced is the end of the consent itself.
update connections c
   set absolute_expires_at = least(c.absolute_expires_at, c.refresh_expires_at), refresh_expires_at = null
 where c.refresh_expires_at is not null
   and (select s.rotation from otobot_service(c.organization_id, c.service) s) = 'none';

-- The end that nothing is going to move: one definition for lists, events and monitors. What each refresh moves counts once refreshing fails.
create function otobot_consent_end(absolute_end timestamptz, refresh_end timestamptz, idle_end timestamptz, failing_since timestamptz)
returns timestamptz language sql immutable parallel safe
as $$ select least(absolute_end, case when failing_since is not null then least(refresh_end, idle_end) end) $$;

alter table connections
  add column token_ends_at   timestamptz,
  add column consent_ends_at timestamptz generated always as
    (otobot_consent_end(absolute_expires_at, refresh_expires_at, idle_expires_at, failing_since)) stored,
  add column notice_at       timestamptz,
  add column noticed_days    smallint check (noticed_days in (14, 7, 1));
comment on column connections.token_ends_at is 'The end of a token or key that nothing renews; null where something does, or where it has no end.';
comment on column connections.consent_ends_at is 'When the client has to consent again, as far as is known: otobot_consent_end.';
comment on column connections.notice_at is
  'When the coming end is to be told of next (event connection.expiring). Kept by a trigger, so that a worker looks at what is due instead of at every end.';
comment on column connections.noticed_days is 'The step that was told last of the end that stands: 14, 7 or 1 days ahead. Null again with another end.';

update connections c set token_ends_at = t.expires_at
  from token_sets t
 where t.connection_id = c.id and t.generation = c.generation and t.kind = 'current'
   and t.expires_at is not null and t.refresh_sealed is null and c.kind <> 'client_credentials';

create index connections_to_notice on connections (notice_at) where notice_at is not null;
create index connections_by_consent_end on connections (organization_id, consent_ends_at) where consent_ends_at is not null;

-- Another end starts afresh. One that refreshes used to move is told of when half of what was left has passed in vain: a single failure
-- says nothing yet about an end that is always near.
create function otobot_plan_notice() returns trigger language plpgsql as $$
declare
  consent_end timestamptz := otobot_consent_end(new.absolute_expires_at, new.refresh_expires_at, new.idle_expires_at, new.failing_since);
  ends_at     timestamptz := least(consent_end, new.token_ends_at);
begin
  if tg_op = 'UPDATE' and ends_at is not distinct from
     least(otobot_consent_end(old.absolute_expires_at, old.refresh_expires_at, old.idle_expires_at, old.failing_since), old.token_ends_at) then
    return new;
  end if;
  new.noticed_days := null;
  new.notice_at := ends_at - interval '336 hours';
  if ends_at = least(new.refresh_expires_at, new.idle_expires_at) and new.failing_since is not null
     and ends_at is distinct from new.absolute_expires_at then
    new.notice_at := greatest(new.notice_at, new.failing_since + (ends_at - new.failing_since) / 2);
  end if;
  return new;
end $$;
create trigger connection_ends before insert on connections for each row
when (new.absolute_expires_at is not null or new.token_ends_at is not null)
execute function otobot_plan_notice();
-- A healthy refresh passes this by: it moves only what a refresh is expected to move.
create trigger connection_ends_moved before update on connections for each row
when ((old.absolute_expires_at, old.token_ends_at) is distinct from (new.absolute_expires_at, new.token_ends_at)
      or ((old.failing_since is not null or new.failing_since is not null)
          and (old.failing_since, old.refresh_expires_at, old.idle_expires_at)
              is distinct from (new.failing_since, new.refresh_expires_at, new.idle_expires_at)))
execute function otobot_plan_notice();
update connections set notice_at = least(consent_ends_at, token_ends_at) - interval '336 hours'
 where consent_ends_at is not null or token_ends_at is not null;

-- The worker makes the link that goes with the event. It sees no more of links than it needs to find the one that stands.
grant select, insert on connect_links to otobot_refresh;
create policy make_for_reconnecting on connect_links for insert to otobot_refresh with check (true);
create policy find_standing on connect_links for select to otobot_refresh using (true);

-- History goes by the day: dropping a partition costs nothing, whatever stands in it.
create function otobot_drop_history(keep_days integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public
as $$
declare
  first_kept date := (public.otobot_now() at time zone 'UTC')::date - keep_days;
  partition  regclass;
  is_open    boolean;
begin
  for partition in
    select c.oid from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'public.refresh_attempts'::regclass and c.relname ~ '^refresh_attempts_\d{8}$'
       and to_date(right(c.relname, 8), 'YYYYMMDD') < first_kept
     order by c.relname
  loop
    execute format('select exists (select from %s where finished_at is null)', partition) into is_open;
    continue when is_open;
    -- Claims queue behind whoever waits for the whole table, so it is waited for no longer than they would notice; and one at a time.
    perform set_config('lock_timeout', '100ms', true);
    begin
      execute format('drop table %s', partition);
      return 1;
    exception when lock_not_available then return 0;
    end;
  end loop;
  -- What no day was made for (a moved clock, a long time without workers) is deleted in portions.
  delete from public.refresh_attempts_default where ctid = any (array(
    select ctid from public.refresh_attempts_default
     where started_at < first_kept::timestamp at time zone 'UTC' and finished_at is not null limit 10000));
  return (select case when found then 1 else 0 end);
end $$;
comment on function otobot_drop_history is
  'Drops the oldest day of attempts that is older than so many days, unless one of them is still open. Returns how many steps it did: 0 = nothing left.';
revoke execute on function otobot_drop_history(integer) from public;
grant execute on function otobot_drop_history(integer) to otobot_refresh;
