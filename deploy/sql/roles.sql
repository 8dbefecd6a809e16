-- The three roles and the database, made by an administrator's hand where DATABASE_URL may not create roles.
--
-- As a superuser, once for each server (psql reads the three passwords from variables):
--   psql -v owner_password=... -v app_password=... -v loader_password=... -v database=pumpurs -f deploy/sql/roles.sql
--
-- Then start the platform with
--   DATABASE_URL=postgresql://owner:...@host:5432/pumpurs
--   DATABASE_APP_URL=postgresql://app:...@host:5432/pumpurs
--   DATABASE_LOADER_URL=postgresql://loader:...@host:5432/pumpurs
--
-- The names are fixed: policies and grants speak of them (docs/decisions/0004-three-database-roles.md). Grants on tables
-- and row-security policies are not here; `manage.py migrate` writes them each time.
\set ON_ERROR_STOP on

create role owner  login nosuperuser nocreatedb nocreaterole nobypassrls password :'owner_password';
create role app    login nosuperuser nocreatedb nocreaterole nobypassrls password :'app_password';
create role loader login nosuperuser nocreatedb nocreaterole bypassrls   password :'loader_password';

-- C.UTF-8 of the builtin provider folds Latvian letters whatever the machine's locale is.
create database :"database" owner owner template template0 encoding 'UTF8'
    locale 'C' locale_provider builtin builtin_locale 'C.UTF-8';

revoke all on database :"database" from public;
grant connect on database :"database" to app, loader;
