// Draws a snapshot: on a terminal one table that is redrawn in place, elsewhere one plain line whenever something changed.
import type { Snapshot } from "./view.ts";

export interface Table {
  /** `waiting`: what is still missing; absent: nothing. */
  draw(snapshot: Snapshot, waiting: string | undefined, seconds: number): void;
  /** A line that stays; the table goes on below it. */
  note(line: string): void;
}

export function createTable(out: NodeJS.WriteStream, name: string): Table {
  let height = 0;
  let last = "";
  return {
    draw(snapshot, waiting, seconds) {
      if (out.isTTY) {
        // A line that wraps would throw the way up out of step.
        const lines = render(snapshot, name, waiting, seconds).map((line) => line.slice(0, out.columns || 80));
        // Up over what was drawn before, then each line anew with its old rest cleared.
        out.write(`${height > 0 ? `\x1b[${height}A` : ""}${lines.map((line) => `\x1b[2K${line}\n`).join("")}`);
        height = lines.length;
        return;
      }
      const line = summary(snapshot, name);
      if (line !== last) out.write(`${seconds.toFixed(1).padStart(5)}s  ${line}\n`);
      last = line;
    },
    note(line) {
      out.write(`${line}\n`);
      height = 0;
    },
  };
}

export function render(snapshot: Snapshot, name: string, waiting: string | undefined, seconds: number): string[] {
  const rows = [
    ["CLUSTER", "REGION", "STATUS", "NODES", "CPU", name.toUpperCase()],
    ...snapshot.clusters.map((line) => [
      line.name,
      line.region || "-",
      line.ready ? "Ready" : "NotReady",
      String(line.nodes),
      line.cpu || "-",
      `${line.live}/${line.share}`,
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const table = rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ")}`.trimEnd());
  const { readyReplicas, replicas, updatedReplicas, availableReplicas } = snapshot;
  const state = waiting === undefined ? "all Ready" : `${seconds.toFixed(0)} s, waiting: ${waiting}`;
  return [
    ...table,
    `  deployment/${name}  READY ${readyReplicas}/${replicas}  UP-TO-DATE ${updatedReplicas}  AVAILABLE ${availableReplicas}`,
    `  ${state}`,
  ];
}

function summary(snapshot: Snapshot, name: string): string {
  const clusters = snapshot.clusters.map(
    (line) => `${line.name} ${line.ready ? "Ready" : "NotReady"} ${line.live}/${line.share}`,
  );
  return `${clusters.join(" · ")} · ${name} ${snapshot.readyReplicas}/${snapshot.replicas} Ready`;
}
