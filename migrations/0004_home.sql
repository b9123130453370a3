-- Which database this is: its server, itself, and this table in it. A dump that is restored anywhere else carries the home of the one it was taken
-- from, and so tells that history was replaced (P3). The server's own identity may be hidden from us: then the rest has to do.
create function hanse_home() returns text language plpgsql as $$
declare
  server text := '';
begin
  begin
    select system_identifier::text into server from pg_control_system();
  exception when insufficient_privilege or undefined_function then
    null;
  end;
  return server || '/' || (select oid from pg_database where datname = current_database()) || '/' || 'federation'::regclass::oid;
end
$$;

alter table federation add column home text;
update federation set home = hanse_home();
