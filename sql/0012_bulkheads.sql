-- Bulkheads: what one provider or app does must not be felt by the others, and an outage is one fact, not one per connection.

create function otobot_host(url text) returns text
language sql immutable strict parallel safe
as $$ select regexp_replace(lower(substring(url from '^[A-Za-z]+://([^/?#]*)')), ':443$', '') $$;
comment on function otobot_host is 'The host that a URL leads to, with a port that is not https''s own; a placeholder such as {shop} stays as it is written.';

alter table services
  add column max_per_minute integer not null default 6000 check (max_per_minute between 1 and 1000000),
  add column refresh_interval_seconds integer check (refresh_interval_seconds > 0),
  -- Where customers choose among whole hosts there is no name to it but the service's.
  add column renewal_host   text generated always as (
    case when otobot_host(coalesce(refresh_url, oauth_token_url)) ~ '^[{][^{}]*[}]$' then name
         else otobot_host(coalesce(refresh_url, oauth_token_url)) end) stored;
comment on column services.max_per_minute is
  'Refreshes begun per minute, by app and process, in the long run; a tenth of it at once. Where a provider is known to count, less than it allows.';
comment on column services.refresh_interval_seconds is
  'Between two refreshes of one connection, where the provider counts them per refresh token (Zoho: ten in ten minutes): readers and retries wait, and being throttled concerns the connection alone. null: no such limit.';
comment on column services.renewal_host is
  'Where tokens are renewed: what an outage concerns. Customers'' own hosts behind one pattern ({shop}.myshopify.com) are one.';
create index services_by_renewal_host on services (renewal_host);

create table provider_incidents (
  id              bigint generated always as identity primary key,
  host            text not null,
  -- In a row: since the last answer of the host. witnesses: who failed, as far as it takes to tell an outage from one broken connection.
  failures        integer not null default 0,
  witnesses       text[] not null default '{}',
  code            text not null,
  failing_since   timestamptz not null,
  last_failure_at timestamptz not null,
  opened_at       timestamptz,
  next_probe_at   timestamptz,
  closed_at       timestamptz,
  recalled_at     timestamptz,
  ended_at        timestamptz
);
comment on table provider_incidents is
  'What is wrong with a provider''s host, as all workers together see it. Suspected (not opened) with the first failure, and forgotten with the next answer; open: only probes are sent; closed: it answers again; ended: it has done so for a while. An outage that comes back before is the same incident.';
comment on column provider_incidents.code is 'Of the latest failure, as in refresh_attempts.error_code: timeout, http_503, tls.cert_has_expired …';
comment on column provider_incidents.next_probe_at is 'While open: when one refresh may be tried, over all workers.';
comment on column provider_incidents.recalled_at is 'When the connections that had failed before it opened were made due again, after it had closed.';
create unique index provider_incidents_current on provider_incidents (host) where ended_at is null;
create index provider_incidents_past on provider_incidents (ended_at) where ended_at is not null;

create table app_pauses (
  app_id          uuid primary key references apps on delete cascade,
  organization_id uuid not null references organizations on delete cascade,
  until           timestamptz not null,
  times           integer not null default 1,
  code            text not null
);
comment on table app_pauses is
  'Apps whose provider said "not so fast" (429, Retry-After): none of their connections is sent until then. Apart from apps, whose every change moves policy_version. Gone with the next token; times counts the pauses since the last one.';

-- What failed before a breaker opened is found at its end without a look at the healthy rest.
create index connections_failing on connections (app_id) where status in ('backoff', 'uncertain');

-- Incidents belong to hosts, not to tenants: a process that serves looks up the host of a service that it may see.
grant select on provider_incidents, app_pauses to otobot_serve, otobot_monitor;
grant select, insert, update, delete on provider_incidents, app_pauses to otobot_refresh;
alter table app_pauses enable row level security;
create policy tenant on app_pauses for select to otobot_serve using (organization_id = otobot_organization_id());
create policy refresher on app_pauses to otobot_refresh using (true) with check (true);
create policy monitor on app_pauses for select to otobot_monitor using (true);
