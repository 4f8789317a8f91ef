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

create function otobot_settled_audit_batch() returns bigint language plpgsql volatile security definer set search_path = pg_catalog, public
as $$
begin
  perform pg_advisory_xact_lock(hashtext('otobot.audit_batches'));
  return (select case when is_called then last_value else 0 end from public.audit_batches);
end $$;
comment on function otobot_settled_audit_batch is
  'All rows up to this batch are visible to statements that begin from now on, and no other will come. To be called in a transaction of its own, with a short lock_timeout: while it waits, and until it ends, no lane writes.';
revoke execute on function otobot_settled_audit_batch() from public;
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
