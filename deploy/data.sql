-- Runs once, on an empty volume: a database for your data beside that of the records, and a role that only reads it.
-- Give the role a password before it is used: docs/database-role.md.
CREATE DATABASE data;
CREATE ROLE mainstay_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT CONNECTION LIMIT 20;
ALTER ROLE mainstay_reader SET default_transaction_read_only = on;
REVOKE CONNECT ON DATABASE records FROM PUBLIC;
\connect data
GRANT USAGE ON SCHEMA public TO mainstay_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO mainstay_reader;
