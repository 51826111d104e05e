-- Removes what a database holds, except for the rights on it. Runs in the transaction that restores, so nobody sees it empty.
do $$
declare name text;
begin
  for name in
    select nspname from pg_namespace where nspname <> 'information_schema' and nspname !~ '^pg_'
  loop
    execute format('drop schema %I cascade', name);
  end loop;
end
$$;
create schema public authorization pg_database_owner;
grant usage on schema public to public;
