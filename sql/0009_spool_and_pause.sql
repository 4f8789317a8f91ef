-- Answers of providers that wait on a worker's disk, and a database that turns out to be a copy of another.

-- What a spool needs must be known to those who would take it away: a data key is not destroyed while a spool holds records under it.
alter table processes
  add column spool_key_versions integer[] not null default '{}',
  add column spool_since        timestamptz,
  add column spool_folder       uuid;
comment on column processes.spool_depth is 'Answers of providers that wait on the disk of this worker because the database did not take them within 250 ms.';
comment on column processes.spool_key_versions is 'The data keys that the waiting answers are sealed under: none of them may be destroyed.';
comment on column processes.spool_since is 'Since when the spool has not been empty. For more than a moment that means: something keeps the answers from being written.';
comment on column processes.spool_folder is
  'Which folder that is, over all workers that share it: who adopts the files of a dead worker there forgets the row that spoke of them.';

create table installation (
  id                       boolean primary key default true check (id),
  system_identifier        bigint,
  database_oid             oid,
  remembered_at            timestamptz,
  refreshing_paused_at     timestamptz,
  refreshing_paused_reason text,
  check ((refreshing_paused_at is null) = (refreshing_paused_reason is null)),
  check ((system_identifier is null) = (database_oid is null))
);
comment on table installation is
  'One row: which database this is, so that a restored or copied one is recognised, and whether refreshing is paused.';
comment on column installation.system_identifier is
  'Of the PostgreSQL server (pg_control_system), with database_oid the place where this database was when a worker last started on it; null: none ever did.';
comment on column installation.refreshing_paused_at is
  'While it is set no worker claims anything. A restored database starts so: its refresh tokens may have been used since the backup, and a copy would use up those of its original.';
insert into installation default values;

grant select on installation to otobot_serve, otobot_monitor;
grant select, update on installation to otobot_refresh;
