-- Prints one line per table: `table`, its name, how many rows it has, and a sum over their contents that does not depend on
-- their order. The settings decide how values are written, so they are the same wherever this runs.
set timezone = 'UTC';
set datestyle = 'ISO, YMD';
set intervalstyle = 'postgres';
set bytea_output = 'hex';
set extra_float_digits = 1;
set search_path = '';
select format(
  $query$select 'table', %L, count(*),
    coalesce(sum(('x' || pg_catalog.substr(pg_catalog.md5(t::text), 1, 16))::bit(64)::bigint::numeric), 0)
    from only %I.%I t$query$,
  n.nspname || '.' || c.relname, n.nspname, c.relname
)
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by n.nspname, c.relname
\gexec
-- Every file that the database counts on, where the schema has files.
select exists (
  select from pg_catalog.pg_attribute
  where attrelid = pg_catalog.to_regclass('public.media_objects') and attname = 'sha256'
) as has_media \gset
\if :has_media
select 'known', sha256, 'media/' || path from public.media_objects where state = 'ready' and path is not null order by path;
\endif
