-- Connections are listed by id, a page at a time: without this each page read all those of its organization, and sorted them.
create index connections_by_id on connections (organization_id, id);
