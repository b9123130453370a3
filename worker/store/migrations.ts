// Generated from migrations/*.sql by migrations.node.ts: do not edit.

export const MIGRATIONS: readonly { name: string; sql: string }[] = [
  {
    name: "0001_log",
    sql: `-- The log: every version of every object, ordered by the federation's one counter; the current state is the rows that nothing superseded.
-- docs/decisions/0001-log.md says why it looks like this.

create table federation (
  id integer primary key default 1 check (id = 1),
  federation uuid not null default gen_random_uuid(),
  epoch bigint not null default 0,
  -- The newest version given out. 1 is the empty federation: "0" means "any" to Kubernetes clients.
  version bigint not null default 1,
  -- History at or below this is gone.
  compacted bigint not null default 0,
  -- The mark of the oldest version that can be asked for, whose own row may be gone.
  base bigint not null default 1,
  base_mark integer not null default (random() * 2147483647)::integer,
  -- HMAC-SHA-256 key of content digests (P10).
  hmac_key bytea not null default decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex')
) with (fillfactor = 10);
insert into federation default values;

create table log (
  version bigint primary key,
  resource text collate "C" not null,
  namespace text collate "C" not null,
  name text collate "C" not null,
  -- Null for a deletion: the last state is the row it superseded.
  value text,
  deleting boolean not null default false,
  refs text[],
  -- The version that superseded this row; its own for a deletion; 2^63 - 1 while it is current.
  until bigint not null default 9223372036854775807,
  -- The row this one superseded.
  prev bigint,
  -- Random, one per commit: tells two histories with the same versions apart (P3).
  mark integer not null
);
-- Rows of a few kB stay in the table as they are: compressing costs more than it saves, and superseding a row must not chase a second table.
alter table log alter column value set storage main;
alter table log set (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0.1, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_insert_threshold = 20000);

create unique index log_current on log (resource, namespace, name) include (version) where until = 9223372036854775807;
create index log_superseded on log (until) where until < 9223372036854775807;
create index log_refs on log using gin (refs) where until = 9223372036854775807 and refs is not null;
-- Per-cluster rows: what changed for one cluster, and all clusters of one template.
create index log_changes on log (resource, namespace, version) where until = 9223372036854775807 and resource in ('bindings.hanse.dev', 'reports.hanse.dev');
create index log_by_name on log (resource, name) where until = 9223372036854775807 and resource in ('bindings.hanse.dev', 'reports.hanse.dev');

create table contents (
  digest text primary key,
  value text not null
);

create table positions (
  loop text primary key,
  version bigint not null
);

create table tokens (
  -- SHA-256 of the token: the token itself is never stored (P10).
  hash text primary key,
  kind text not null check (kind in ('admin', 'join')),
  name text,
  cluster text,
  expires_at timestamptz,
  spent_at timestamptz,
  created_at timestamptz not null default now()
);

create table agents (
  cluster text primary key,
  public_key text not null,
  registered_at timestamptz not null default now(),
  revoked_at timestamptz
);

-- Carries out many commits in one call, each all or nothing, one after the other. In: [{"o": [{"o": "c|u|p|d|r", "r": resource,
-- "s": namespace, "n": name, "v": value, "e": expected version, "f": [refs], "d": deleting}], "c": [{"d": digest, "v": value}]}].
-- Out, per commit: [[version, superseded version or null], …], or {"i": index of the refused op, "w": why, "c": current version}.
-- The counter row is locked before the first look at a key: so what is checked cannot change, versions are given in commit order
-- and no gap can show (P1). The lock lasts until the end of this one statement's transaction: never across a client round trip.
create function hanse_commit(batch json) returns json language plpgsql as $$
declare
  forever constant bigint := 9223372036854775807;
  first bigint;
  latest bigint;
  before bigint;
  one record;
  op record;
  found_version bigint;
  found_deleting boolean;
  why text;
  mark integer;
  versions json[];
  results json[] := '{}';
begin
  select version into latest from federation where id = 1 for update;
  first := latest;
  for one in select o, c from json_to_recordset(batch) as x(o json, c json) loop
    before := latest;
    why := null;
    versions := '{}';
    mark := (random() * 2147483647)::integer;
    for op in
      select ordinality - 1 as index, o, r, s, n, v, e, f, coalesce(d, false) as d
      from rows from (json_to_recordset(one.o) as (o "char", r text, s text, n text, v text, e bigint, f text[], d boolean)) with ordinality
    loop
      select version, deleting into found_version, found_deleting from log
        where resource = op.r and namespace = op.s and name = op.n and until = forever;
      why := case
        when op.o = 'p' then null
        when op.o = 'c' then case when found_version is not null then 'exists' end
        when found_version is null then 'missing'
        when op.e <> found_version then 'conflict'
        when op.o = 'r' and found_deleting then 'deleting'
      end;
      if why is not null then exit; end if;
      if op.o = 'r' then
        versions := versions || json_build_array(found_version, null);
        continue;
      end if;
      latest := latest + 1;
      if found_version is not null then
        update log set until = latest where version = found_version;
      end if;
      insert into log (version, resource, namespace, name, value, deleting, refs, until, prev, mark)
        values (latest, op.r, op.s, op.n, op.v, op.d, op.f, case when op.o = 'd' then latest else forever end, found_version, mark);
      versions := versions || json_build_array(latest, found_version);
    end loop;
    if why is not null then
      -- Take back what this commit had written: the rows are its own, nobody has seen them.
      if latest > before then
        delete from log where version > before;
        update log set until = forever where until > before and until <= latest;
        latest := before;
      end if;
      results := results || json_build_object('i', op.index, 'w', why, 'c', found_version);
      continue;
    end if;
    if one.c is not null then
      insert into contents (digest, value) select d, v from json_to_recordset(one.c) as x(d text, v text) on conflict do nothing;
    end if;
    results := results || to_json(versions);
  end loop;
  if latest > first then
    update federation set version = latest where id = 1;
  end if;
  return to_json(results);
end
$$;
`,
  },
  {
    name: "0002_processes",
    sql: `-- Several processes on one database: who hears which agents, and who gave out room where.

-- A process that hears agents renews its row every few seconds; one that is too old is of a process that died. No row of the log: a sign of
-- life is no change of anything.
create unlogged table leases (
  process text primary key,
  renewed_at timestamptz not null,
  heard text[] not null
);

-- The newest version at which a process gave out room of a cluster.
create table spent (
  cluster text not null,
  process text not null,
  version bigint not null,
  primary key (cluster, process)
) with (fillfactor = 50);

-- As before, and a sixth kind of op, "s" (spend): {"o": "s", "n": cluster, "b": process, "e": version}. It is refused when another process has given
-- out room of that cluster after that version, and else noted down with the commit: so no two processes give out the same room.
-- Out, per commit: [[version, superseded version or null], …], or {"i": index of the refused op, "w": why, "c": current version}.
-- The counter row is locked before the first look at a key: so what is checked cannot change, versions are given in commit order
-- and no gap can show (P1). The lock lasts until the end of this one statement's transaction: never across a client round trip.
create or replace function hanse_commit(batch json) returns json language plpgsql as $$
declare
  forever constant bigint := 9223372036854775807;
  first bigint;
  latest bigint;
  before bigint;
  one record;
  op record;
  found_version bigint;
  found_deleting boolean;
  why text;
  mark integer;
  versions json[];
  results json[] := '{}';
begin
  select version into latest from federation where id = 1 for update;
  first := latest;
  for one in select o, c from json_to_recordset(batch) as x(o json, c json) loop
    before := latest;
    why := null;
    versions := '{}';
    mark := (random() * 2147483647)::integer;
    for op in
      select ordinality - 1 as index, o, r, s, n, v, e, f, b, coalesce(d, false) as d
      from rows from (json_to_recordset(one.o) as (o "char", r text, s text, n text, v text, e bigint, f text[], b text, d boolean)) with ordinality
    loop
      if op.o = 's' then
        select max(version) into found_version from spent where cluster = op.n and process <> op.b and version > op.e;
        why := case when found_version is not null then 'conflict' end;
        if why is not null then exit; end if;
        versions := versions || json_build_array(op.e, null);
        continue;
      end if;
      select version, deleting into found_version, found_deleting from log
        where resource = op.r and namespace = op.s and name = op.n and until = forever;
      why := case
        when op.o = 'p' then null
        when op.o = 'c' then case when found_version is not null then 'exists' end
        when found_version is null then 'missing'
        when op.e <> found_version then 'conflict'
        when op.o = 'r' and found_deleting then 'deleting'
      end;
      if why is not null then exit; end if;
      if op.o = 'r' then
        versions := versions || json_build_array(found_version, null);
        continue;
      end if;
      latest := latest + 1;
      if found_version is not null then
        update log set until = latest where version = found_version;
      end if;
      insert into log (version, resource, namespace, name, value, deleting, refs, until, prev, mark)
        values (latest, op.r, op.s, op.n, op.v, op.d, op.f, case when op.o = 'd' then latest else forever end, found_version, mark);
      versions := versions || json_build_array(latest, found_version);
    end loop;
    if why is not null then
      -- Take back what this commit had written: the rows are its own, nobody has seen them.
      if latest > before then
        delete from log where version > before;
        update log set until = forever where until > before and until <= latest;
        latest := before;
      end if;
      results := results || json_build_object('i', op.index, 'w', why, 'c', found_version);
      continue;
    end if;
    if one.c is not null then
      insert into contents (digest, value) select d, v from json_to_recordset(one.c) as x(d text, v text) on conflict do nothing;
    end if;
    insert into spent (cluster, process, version)
      select n, b, latest from json_to_recordset(one.o) as x(o "char", n text, b text) where o = 's'
      on conflict (cluster, process) do update set version = excluded.version;
    results := results || to_json(versions);
  end loop;
  if latest > first then
    update federation set version = latest where id = 1;
  end if;
  return to_json(results);
end
$$;
`,
  },
  {
    name: "0003_bulk",
    sql: `-- What a burst costs: plans that hold while the log is new, and batches that are written by a few statements instead of a few per op.

-- Every look at the index reads all of its list of pending entries, up to 4 MB of it: looks are far more than the writes it makes cheaper.
alter index log_refs set (fastupdate = off);
select gin_clean_pending_list('log_refs');

-- One op of a batch, with what stands under its key and the version it gets, if it writes.
create type hanse_op as (
  commit bigint, index bigint, o "char", r text, s text, n text, v text, e bigint, b text, f text[], d boolean, mark integer, was bigint, version bigint
);

-- In and out as before. A batch in which every op may be done and none touches what another writes is done as a whole; any other op by op.
-- Plans are kept from the first calls, when a log without statistics looks as if reading all of it were cheap: so nothing is joined with it
-- but one row by one, by a unique index.
create or replace function hanse_commit(batch json) returns json language plpgsql as $$
declare
  forever constant bigint := 9223372036854775807;
  first bigint;
  latest bigint;
  before bigint;
  one record;
  op record;
  found_version bigint;
  found_deleting boolean;
  why text;
  mark integer;
  versions json[];
  results json[] := '{}';
  ops hanse_op[];
  fine boolean;
begin
  select version into latest from federation where id = 1 for update;
  first := latest;

  with asked as materialized (
    select ordinality as commit, o as ops, (random() * 2147483647)::integer as mark
      from rows from (json_to_recordset(batch) as (o json)) with ordinality
  ), each as materialized (
    select asked.commit, asked.mark, all_ops.*
      from asked, rows from (json_to_recordset(asked.ops) as (o "char", r text, s text, n text, v text, e bigint, b text, f text[], d boolean))
        with ordinality as all_ops (o, r, s, n, v, e, b, f, d, index)
  ), looked as materialized (
    select each.*, standing.version as was, standing.deleting as was_deleting,
        latest + count(*) filter (where o not in ('r', 's')) over (order by commit, index) as next
      from each left join lateral (
        select log.version, log.deleting from log where log.resource = r and log.namespace = s and log.name = n and log.until = forever limit 1
      ) as standing on true
  )
  select
    array_agg(row(commit, index, o, r, s, n, v, e, b, f, coalesce(d, false), looked.mark, was, next)::hanse_op order by commit, index),
    bool_and(case o
      when 'p' then true
      when 'c' then was is null
      when 's' then not exists (select from spent where spent.cluster = n and spent.process <> b and spent.version > e)
      else was is not null and coalesce(e = was, true) and not (o = 'r' and was_deleting)
    end)
      and count(distinct b) <= 1
    into ops, fine from looked;

  if fine and not exists (select from unnest(ops) group by r, s, n having count(*) > 1 and bool_or(o not in ('r', 's'))) then
    for op in select was, version from unnest(ops) where o not in ('r', 's') and was is not null loop
      update log set until = op.version where log.version = op.was;
    end loop;
    insert into log (version, resource, namespace, name, value, deleting, refs, until, prev, mark)
      select done.version, r, s, n, v, d, f, case when o = 'd' then done.version else forever end, was, done.mark
        from unnest(ops) as done where o not in ('r', 's');
    insert into contents (digest, value)
      select all_contents.d, all_contents.v
        from json_to_recordset(batch) as asked(c json), json_to_recordset(asked.c) as all_contents(d text, v text)
      on conflict do nothing;
    latest := ops[array_upper(ops, 1)].version;
    insert into spent (cluster, process, version)
      select distinct n, b, latest from unnest(ops) where o = 's'
      on conflict (cluster, process) do update set version = excluded.version;
    select array_agg(said order by done.commit) into results from (
      select done.commit, json_agg(case o when 'r' then json_build_array(was, null) when 's' then json_build_array(e, null) else json_build_array(done.version, was) end order by index) as said
        from unnest(ops) as done group by done.commit
    ) as done;
  else
    for one in select o, c from json_to_recordset(batch) as x(o json, c json) loop
      before := latest;
      why := null;
      versions := '{}';
      mark := (random() * 2147483647)::integer;
      for op in
        select ordinality - 1 as index, o, r, s, n, v, e, f, b, coalesce(d, false) as d
        from rows from (json_to_recordset(one.o) as (o "char", r text, s text, n text, v text, e bigint, f text[], b text, d boolean)) with ordinality
      loop
        if op.o = 's' then
          select max(version) into found_version from spent where cluster = op.n and process <> op.b and version > op.e;
          why := case when found_version is not null then 'conflict' end;
          if why is not null then exit; end if;
          versions := versions || json_build_array(op.e, null);
          continue;
        end if;
        select version, deleting into found_version, found_deleting from log
          where resource = op.r and namespace = op.s and name = op.n and until = forever;
        why := case
          when op.o = 'p' then null
          when op.o = 'c' then case when found_version is not null then 'exists' end
          when found_version is null then 'missing'
          when op.e <> found_version then 'conflict'
          when op.o = 'r' and found_deleting then 'deleting'
        end;
        if why is not null then exit; end if;
        if op.o = 'r' then
          versions := versions || json_build_array(found_version, null);
          continue;
        end if;
        latest := latest + 1;
        if found_version is not null then
          update log set until = latest where version = found_version;
        end if;
        insert into log (version, resource, namespace, name, value, deleting, refs, until, prev, mark)
          values (latest, op.r, op.s, op.n, op.v, op.d, op.f, case when op.o = 'd' then latest else forever end, found_version, mark);
        versions := versions || json_build_array(latest, found_version);
      end loop;
      if why is not null then
        -- Take back what this commit had written: the rows are its own, nobody has seen them.
        if latest > before then
          delete from log where version > before;
          update log set until = forever where until > before and until <= latest;
          latest := before;
        end if;
        results := results || json_build_object('i', op.index, 'w', why, 'c', found_version);
        continue;
      end if;
      if one.c is not null then
        insert into contents (digest, value) select d, v from json_to_recordset(one.c) as x(d text, v text) on conflict do nothing;
      end if;
      insert into spent (cluster, process, version)
        select n, b, latest from json_to_recordset(one.o) as x(o "char", n text, b text) where o = 's'
        on conflict (cluster, process) do update set version = excluded.version;
      results := results || to_json(versions);
    end loop;
  end if;

  if latest > first then
    update federation set version = latest where id = 1;
  end if;
  return to_json(results);
end
$$;
`,
  },
  {
    name: "0004_home",
    sql: `-- Which database this is: its server, itself, and this table in it. A dump that is restored anywhere else carries the home of the one it was taken
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
`,
  },
];
