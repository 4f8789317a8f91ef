-- The audit is sealed: each second, by whichever serving process it is, into one chain that shows whether anything was changed since.

-- A role that reads the audit and adds seals. Nobody changes or deletes either, but the owner of the tables, whom the chain is there for.
do $$
begin
  begin
    create role otobot_seal nologin;
  exception when duplicate_object or unique_violation then null;
  end;
  if not pg_has_role(current_user, 'otobot_seal', 'member') or not (select rolsuper from pg_roles where rolname = current_user) then
    begin
      grant otobot_seal to current_user;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
end $$;

-- Rows from before there were batches get one by their minute, below all others, so that the first seals hold them and every row has a place.
-- Locked first: a process of the version before that wrote meanwhile would leave a row without one.
lock table audit in access exclusive mode;
update audit set batch = floor(extract(epoch from occurred_at) / 60)::bigint - 1000000000000 where batch is null;
alter table audit alter column batch set not null;
comment on column audit.batch is
  'The statement that wrote the row, from audit_batches; with process_id and sequence its place in the chain. Below zero: written before there was one, by its minute.';

-- The sealer numbers without gaps, so that a missing seal shows, and two that seal at once collide here.
alter table audit_seals alter column id drop identity;
alter table audit_seals
  add column format      smallint not null,
  add column process_id  uuid not null,
  add column from_batch  bigint not null,
  add column to_batch    bigint not null check (to_batch >= from_batch),
  add column rows_total  bigint not null,
  add column days        jsonb not null,
  add column salt        bytea not null,
  add column row_digests bytea not null;
alter table audit_seals alter column row_digests set storage external;
comment on table audit_seals is
  'One global HMAC chain over the audit: each seal covers the batches that were settled since the one before, so that a row that was deleted, altered, inserted or moved is found and named. Seals stay when their rows are dropped by age.';
comment on column audit_seals.format is 'Which columns of a row are covered and how they are encoded (docs/audit-evidence.md).';
comment on column audit_seals.process_id is 'Who sealed it; the others leave it to him while he lives.';
comment on column audit_seals.from_batch is 'The seal covers the batches above this one, up to to_batch.';
comment on column audit_seals.rows_total is 'Rows in the chain up to here.';
comment on column audit_seals.days is 'How many of its rows are of which UTC day: what may be missing once those days were dropped by age.';
comment on column audit_seals.salt is 'Random, and unknown until the rows were read: nobody can have prepared two rows with one digest.';
comment on column audit_seals.row_digests is 'For each row, in the order of batch, process_id and sequence, 16 bytes: they tell which row it is that does not fit.';
comment on column audit_seals.head is 'HMAC under the audit key over the head before and everything above.';

grant usage on schema public to otobot_seal;
grant select on audit, audit_seals to otobot_seal;
grant insert on audit_seals to otobot_seal;
grant select on sequence audit_batches to otobot_seal;
grant execute on function otobot_settled_audit_batch() to otobot_seal;
create policy sealer on audit for select to otobot_seal using (true);
