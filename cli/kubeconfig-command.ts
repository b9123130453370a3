// hanse kubeconfig: prints what `hanse serve` wrote.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "./errors.ts";

export async function kubeconfig(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { data: { type: "string", default: ".hanse" } } });
  const path = join(values.data, "kubeconfig");
  if (!existsSync(path))
    throw new UserError(
      `${path} does not exist yet; \`hanse serve --data ${values.data}\` writes it at its first start`,
    );
  process.stdout.write(readFileSync(path, "utf8"));
}
