#!/bin/sh
# Brings Temporal's two databases to the schema of this server version; safe to run again. The connection comes from SQL_HOST,
# SQL_PORT, SQL_USER, SQL_PASSWORD and SQL_PLUGIN, which temporal-sql-tool reads itself: no password stands in a command line.
set -eu

folder=${TEMPORAL_SCHEMA_DIR:-/etc/temporal/schema/postgresql/v12}

update() {
  database=$1
  versions=$2
  # Makes the two tables that hold the schema's version, if they are not there. On a database that has a version it would
  # set it back to 0.0, so it is asked for only where the first update says that there is none.
  if ! SQL_DATABASE=$database temporal-sql-tool update-schema -d "$versions"; then
    SQL_DATABASE=$database temporal-sql-tool setup-schema -v 0.0
    SQL_DATABASE=$database temporal-sql-tool update-schema -d "$versions"
  fi
}

update temporal "$folder/temporal/versioned"
update temporal_visibility "$folder/visibility/versioned"
echo 'the schema of Temporal is up to date'
