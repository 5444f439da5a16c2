-- Run once, by the Postgres image, when the data volume is empty: Temporal gets a role and two databases of its own, so that
-- it can read nothing of Perennial. What is there already is left to the administrator (docs/deploy.md, "A Postgres of your own").
\getenv password TEMPORAL_POSTGRES_PASSWORD
CREATE ROLE temporal LOGIN PASSWORD :'password';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE CONNECT ON DATABASE perennial FROM PUBLIC;
