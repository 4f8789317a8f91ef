-- Webhooks: who hears of events, with a row for each event that one of them is to hear.

create table webhooks (
  id                         uuid primary key,
  organization_id            uuid not null references organizations on delete cascade,
  url                        text not null,
  description                text,
  events                     text[],
  client_id                  text,
  service                    text,
  key_id                     text references access_keys on delete cascade,
  created_by                 text not null,
  secret_sealed              bytea not null,
  secret_key_version         integer not null,
  secret_number              integer not null default 1,
  previous_sealed            bytea,
  previous_key_version       integer,
  previous_until             timestamptz,
  failures                   integer not null default 0,
  failing_since              timestamptz,
  probe_at                   timestamptz,
  last_delivered_at          timestamptz,
  disabled_at                timestamptz,
  disabled_reason            text,
  created_at                 timestamptz not null default otobot_now(),
  updated_at                 timestamptz not null default otobot_now(),
  check ((previous_sealed is null) = (previous_key_version is null))
);
comment on table webhooks is
  'Endpoints that are told of events. What is sent is signed with a secret of the endpoint''s own, sealed for the origin of its URL: whoever rewrites the URL here gets nothing, since nothing can be signed for it.';
comment on column webhooks.events is 'The types that it hears; null: all.';
comment on column webhooks.client_id is
  'Hears of this client alone, and webhooks.service of this service alone; null: of all that its key may see. No foreign key: how a client''s tokens were revoked is told after he was deleted.';
comment on column webhooks.key_id is
  'The key that made it, by which it is judged what it may hear, at each event anew: narrowed, it hears less; ended, nothing. null: the operator or the internal token, so all of the organization.';
comment on column webhooks.secret_number is 'How many secrets it has had: sealed with each, so that one cannot be put in the place of another.';
comment on column webhooks.previous_sealed is 'The secret before: until previous_until what is sent is signed with both.';
comment on column webhooks.failures is 'In a row, since the last delivery that was taken. From five on, deliveries wait and one at a time goes out as a probe.';
comment on column webhooks.probe_at is 'While deliveries wait: when one of them may go out, over all workers. Whoever claims it moves it on first.';
comment on column webhooks.disabled_reason is 'gone: it answered 410; failing: nothing but failures for five days; switched_off: by somebody.';
create index webhooks_by_organization on webhooks (organization_id, created_at);
create index webhooks_by_key on webhooks (key_id) where key_id is not null;

create table webhook_deliveries (
  id               uuid primary key default gen_random_uuid(),
  organization_id  uuid not null references organizations on delete cascade,
  webhook_id       uuid not null references webhooks on delete cascade,
  event_id         bigint not null references outbox on delete cascade,
  is_test          boolean not null default false,
  status           text not null default 'waiting' check (status in ('waiting', 'delivered', 'failed')),
  attempts         integer not null default 0,
  next_attempt_at  timestamptz not null default otobot_now(),
  queued_at        timestamptz not null default otobot_now(),
  last_attempt_at  timestamptz,
  delivered_at     timestamptz,
  http_status      integer,
  code             text,
  answer           text,
  duration_ms      integer,
  unique (event_id, webhook_id)
);
comment on table webhook_deliveries is
  'An event on its way to an endpoint, and what became of it: the log is the queue. The body is made of the event when it is sent, so no link is ever stored here.';
comment on column webhook_deliveries.next_attempt_at is
  'Whoever claims a row moves this on before he sends anything, so a worker that dies leaves it to be tried again: it may come twice, never not at all.';
comment on column webhook_deliveries.queued_at is 'Since when it is tried, for three days: the event''s, or that of its replay.';
comment on column webhook_deliveries.answer is 'Of a test alone, the first 200 characters of what came back; anything else might be an echo of a link.';
-- What is due stands first, webhook by webhook, however much waits for one of them.
create index webhook_deliveries_waiting on webhook_deliveries (webhook_id, next_attempt_at) where status = 'waiting';
create index webhook_deliveries_by_webhook on webhook_deliveries (webhook_id, event_id);
create index webhook_deliveries_tests on webhook_deliveries (next_attempt_at) where is_test and status = 'waiting';

do $$
declare tenant_table text;
begin
  foreach tenant_table in array array['webhooks', 'webhook_deliveries'] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format('create policy tenant on %I to otobot_serve
                    using (organization_id = otobot_organization_id()) with check (organization_id = otobot_organization_id())', tenant_table);
    execute format('create policy refresher on %I to otobot_refresh using (true) with check (true)', tenant_table);
  end loop;
end $$;
grant select, insert, update, delete on webhooks to otobot_serve;
grant select, insert, update, delete on webhook_deliveries to otobot_serve;
grant select on outbox to otobot_serve;
grant select, update on webhooks to otobot_refresh;
grant select, insert, update on webhook_deliveries to otobot_refresh;
grant select, update, delete on outbox to otobot_refresh;

-- What a webhook's key may see, without what recognises the key.
grant select (id, organization_id, scopes, client_ids, services, expires_at, revoked_at) on access_keys to otobot_refresh;
create policy reach on access_keys for select to otobot_refresh using (true);

-- Old events are found in the order in which they came.
create index outbox_dispatched on outbox (created_at) where dispatched_at is not null;
