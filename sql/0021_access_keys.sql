-- Access keys to the end: which key took over, and quotas that a reroll does not set back.

alter table access_keys add column replaced_by text references access_keys on delete set null;
comment on column access_keys.replaced_by is
  'The key that a reroll made of this one. For people, who follow the chain; it grants nothing and is not under row_mac.';

-- A key that replaces another one begins with what that one has used of its quotas: else rerolling would be a way around them. Serving
-- may begin a row so, and never change one: counting is the audit lane's.
grant insert on access_key_usage to otobot_serve;
create policy carried_over on access_key_usage for insert to otobot_serve
  with check (exists (select from access_keys k where k.id = key_id));

-- A key is recognised only under a pepper that still counts, also by a process that has not heard of its end yet.
grant select (version, purpose, status) on encryption_keys to otobot_audit;
comment on column encryption_keys.retired_at is 'Since when nothing new is sealed or signed with it.';

-- Who fails often is slowed by all processes together. Unlogged: after a crash everybody starts again, and no failure costs a write to the log.
create unlogged table failures (
  bucket  text primary key,
  count   integer not null,
  ends_at timestamptz not null,
  told_at timestamptz
);
comment on table failures is
  'Requests without a valid key, and of public pages, by address (IPv6: by /64), and wrong secrets by the id of the key that they name, in windows of a minute. A bucket comes here with its third count in a process, so that many that come once leave nothing; told_at is when the audit heard of an attack on the key.';
grant select, insert, update on failures to otobot_audit;
grant select, delete on failures to otobot_refresh;
