-- Processes of `otobot serve --surface grants` work with the rights of otobot_serve and otobot_audit alone: no owner's, not even at the start.

-- They may not migrate, and still have to know whether the schema is the one that they were written for.
grant select on otobot_migrations to otobot_serve;

-- null: a worker, which serves nothing.
alter table processes add column surface text check (surface in ('all', 'grants'));
comment on column processes.surface is
  'How much of the API the process serves: grants is credentials only. For the monitor, and for whoever looks which process can do what.';
