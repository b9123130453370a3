// Collects what the benchmarks measured and prints it as one table: figure, goal, peer, whether reached.
export interface Figure {
  what: string;
  value: number;
  unit: string;
  /** "<=" or ">=" and the number to reach. */
  goal?: [relation: "<=" | ">=", number: number];
  /** What it was compared with, in words. */
  beside?: string;
}

const figures: Figure[] = [];

export function record(figure: Figure): void {
  figures.push(figure);
  console.log(line(figure));
}

export function reached(figure: Figure): boolean | undefined {
  if (!figure.goal) return undefined;
  return figure.goal[0] === "<=" ? figure.value <= figure.goal[1] : figure.value >= figure.goal[1];
}

function line(figure: Figure): string {
  const mark = reached(figure);
  const value = `${figure.value.toFixed(figure.value < 10 ? 2 : 0)} ${figure.unit}`;
  const goal = figure.goal ? `goal ${figure.goal[0]} ${figure.goal[1]} ${figure.unit}` : "";
  return `${mark === undefined ? "     " : mark ? "ok   " : "MISS "} ${figure.what.padEnd(62)} ${value.padStart(12)}  ${goal.padEnd(20)} ${figure.beside ?? ""}`;
}

/** Prints the table; true when every goal was reached. */
export function summary(): boolean {
  console.log("\n=== measured ===");
  for (const figure of figures) console.log(line(figure));
  return figures.every((figure) => reached(figure) !== false);
}
