-- What a refresh costs at a million connections.

-- Only the rotation of data keys asks by key version, once in years, and it has to read every row anyway; these two were written twice
-- with every refresh. It goes through the table by id.
drop index token_sets_by_access_key;
drop index token_sets_by_refresh_key;

-- Ciphertext does not compress: trying it with every token longer than 2 KB was for nothing.
alter table token_sets
  alter column access_sealed set storage external,
  alter column refresh_sealed set storage external;

-- Each refresh leaves two dead versions of its connection at the head of connections_due, where the next claims read. A fifth of
-- the table (the default) would be 200,000 of them before anybody cleans up.
alter table connections set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
alter table token_sets set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

-- A service is looked up by name for each app and claim, the organization's own before the shared one.
create index services_by_name on services (name, organization_id);

-- Every refresh locked the one row of its organization, twice, so that all workers met there. A token set goes with its connection, which
-- goes with its organization; an event is history, like the audit and the attempts, which never had the constraint.
alter table token_sets drop constraint token_sets_organization_id_fkey;
alter table outbox drop constraint outbox_organization_id_fkey;
