-- Creates Otobot's database by hand, for those who run their own PostgreSQL:
--   docker exec -it postgres psql -U postgres
--   \i /sql/create-frontend-database.sql
-- Tables are made afterwards by `otobot migrate`. No extension is needed: encryption happens in the broker, before anything
-- reaches the database, so that the database never sees a key; pgcrypto would have to be handed one.
select 'create database otobot encoding ''UTF8'' template template0'
where not exists (select from pg_database where datname = 'otobot') \gexec
