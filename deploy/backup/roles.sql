-- Prints statements that create the roles which a restored database needs, where they are missing: the product's own, and whoever
-- owns or may do something in the database. Passwords are not among them: deploy/postgres sets those from the secrets. Nobody
-- becomes a superuser by a restore.
create temporary view needed_roles as
select * from pg_catalog.pg_roles
where rolname !~ '^pg_' and (
  rolname like 'wamcp%'
  or oid in (
    select refobjid from pg_catalog.pg_shdepend
    where refclassid = 'pg_catalog.pg_authid'::regclass
      and dbid = (select oid from pg_catalog.pg_database where datname = current_database())
  )
  -- What the first superuser owns is not among the dependencies.
  or oid in (select relowner from pg_catalog.pg_class where relnamespace::regnamespace::text !~ '^(pg_|information_schema)')
  or oid in (select nspowner from pg_catalog.pg_namespace where nspname !~ '^(pg_|information_schema)')
);
select format(
  'do $do$ begin if not exists (select from pg_roles where rolname = %L) then create role %I %s %s %s %s; end if; end $do$;',
  rolname, rolname,
  case when rolcanlogin and not rolsuper then 'login' else 'nologin' end,
  case when rolinherit then 'inherit' else 'noinherit' end,
  case when rolcreaterole and not rolsuper then 'createrole' else 'nocreaterole' end,
  case when rolbypassrls and not rolsuper then 'bypassrls' else 'nobypassrls' end
)
from needed_roles order by rolname;
select format(
  'grant %I to %I with admin %s, inherit %s, set %s;',
  r.rolname, m.rolname, g.admin_option::text, g.inherit_option::text, g.set_option::text
)
from pg_catalog.pg_auth_members g
join needed_roles r on r.oid = g.roleid join needed_roles m on m.oid = g.member
where not m.rolsuper
order by r.rolname, m.rolname;
