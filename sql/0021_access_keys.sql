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
