#!/bin/bash
# Makes the portal's limited login when the database is made. It owns nothing; migrations give it its three roles.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -v password="$DB_PORTAL_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
create role mamori_login login noinherit password :'password';
SQL
