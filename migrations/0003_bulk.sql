-- What a burst costs: plans that hold while the log is new, and batches that are written by a few statements instead of a few per op.

-- Every look at the index reads all of its list of pending entries, up to 4 MB of it: looks are far more than the writes it makes cheaper.
alter index log_refs set (fastupdate = off);
select gin_clean_pending_list('log_refs');

-- One op of a batch, with what stands under its key and the version it gets, if it writes.
create type hanse_op as (
  commit bigint, index bigint, o "char", r text, s text, n text, v text, f text[], d boolean, mark integer, was bigint, version bigint
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
      from asked, rows from (json_to_recordset(asked.ops) as (o "char", r text, s text, n text, v text, e bigint, f text[], d boolean))
        with ordinality as all_ops (o, r, s, n, v, e, f, d, index)
  ), looked as materialized (
    select each.*, standing.version as was, standing.deleting as was_deleting,
        latest + count(*) filter (where o <> 'r') over (order by commit, index) as next
      from each left join lateral (
        select log.version, log.deleting from log where log.resource = r and log.namespace = s and log.name = n and log.until = forever limit 1
      ) as standing on true
  )
  select
    array_agg(row(commit, index, o, r, s, n, v, f, coalesce(d, false), looked.mark, was, next)::hanse_op order by commit, index),
    bool_and(case o
      when 'p' then true
      when 'c' then was is null
      when 's' then false
      else was is not null and coalesce(e = was, true) and not (o = 'r' and was_deleting)
    end)
    into ops, fine from looked;

  if fine and not exists (select from unnest(ops) group by r, s, n having count(*) > 1 and bool_or(o <> 'r')) then
    for op in select was, version from unnest(ops) where o <> 'r' and was is not null loop
      update log set until = op.version where log.version = op.was;
    end loop;
    insert into log (version, resource, namespace, name, value, deleting, refs, until, prev, mark)
      select done.version, r, s, n, v, d, f, case when o = 'd' then done.version else forever end, was, done.mark
        from unnest(ops) as done where o <> 'r';
    insert into contents (digest, value)
      select all_contents.d, all_contents.v
        from json_to_recordset(batch) as asked(c json), json_to_recordset(asked.c) as all_contents(d text, v text)
      on conflict do nothing;
    select array_agg(said order by done.commit) into results from (
      select done.commit, json_agg(case when o = 'r' then json_build_array(was, null) else json_build_array(done.version, was) end order by index) as said
        from unnest(ops) as done group by done.commit
    ) as done;
    latest := ops[array_upper(ops, 1)].version;
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
