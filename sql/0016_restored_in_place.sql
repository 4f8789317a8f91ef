-- A dump that is restored into the very database it was taken from finds the same server and the same database; but its tables are new ones.

alter table installation add column table_oid oid;
comment on column installation.table_oid is
  'Of this table itself, beside database_oid: a restored dump brings the rows back and makes the table anew. null: remembered before this column was there.';
