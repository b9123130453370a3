// What `hanse --help` and `hanse COMMAND --help` print.

interface Entry {
  usage: string;
  does: string;
  flags: [flag: string, text: string][];
  example: string;
}

const COMMANDS: Record<string, Entry> = {
  serve: {
    usage: "hanse serve [--data DIR | --database-url URL] [--listen ADDR]",
    does: "Runs the federation's API. Keeps everything in DIR: its own Postgres, its CA, and the admin's kubeconfig.",
    flags: [
      ["--data DIR", "where data, CA and kubeconfig are kept (default .hanse)"],
      [
        "--database-url URL",
        "use this Postgres instead of the built-in one (also DATABASE_URL); DIR still holds CA and kubeconfig",
      ],
      ["--listen ADDR", "https address to listen on (default 127.0.0.1:7420)"],
      ["HANSE_ADMIN_TOKEN", "environment: the admin's token, at first start; one is generated when it is not set"],
    ],
    example: "hanse serve --data /var/lib/hanse --listen 0.0.0.0:7420",
  },
  join: {
    usage: "hanse join NAME [--region R] [--json] [--kubeconfig FILE] [--context C]",
    does: "Prepares a cluster to join: creates Cluster NAME if there is none, and prints the one command to run beside that cluster.\nThe token in it works once, for this name, for an hour.",
    flags: [
      ["--region R", "label topology.kubernetes.io/region of the cluster"],
      ["--json", "print server, token and caFile as JSON instead"],
      ["--kubeconfig FILE", "the federation's kubeconfig (default $KUBECONFIG, then ~/.kube/config)"],
      ["--context C", "context in it (default its current one)"],
    ],
    example: "KUBECONFIG=.hanse/kubeconfig hanse join paris --region eu-west",
  },
  agent: {
    usage: "hanse agent --server URL --token T [--ca-file F] [--data DIR] --kubeconfig F [--context C]",
    does: "Runs the agent of one member cluster: pulls its share from the federation over outbound HTTPS and keeps the cluster like it.\nA restart with the same DIR needs no token.",
    flags: [
      ["--server URL", "the federation"],
      ["--token T", "the one-off token from hanse join; only for the first start"],
      ["--ca-file F", "CA of the federation, PEM (default: the system's)"],
      ["--data DIR", "where the agent keeps its identity and inventory (default .hanse-agent)"],
      ["--kubeconfig F", "the member cluster (default $KUBECONFIG, then ~/.kube/config)"],
      ["--context C", "context in it (default its current one)"],
    ],
    example: "hanse agent --server https://fed:7420 --token … --ca-file ca.crt --kubeconfig paris.yaml",
  },
  demo: {
    usage: "hanse demo [--once] [--data DIR] [--listen ADDR]",
    does: "Everything in one process: the federation, three simulated clusters with real agents, and examples/tomcat.yaml running in them.",
    flags: [
      ["--once", "end with status 0 when all is Ready, with 1 and the reason when it is not within 2 minutes"],
      ["--data DIR", "where it keeps its data (default .hanse); a second start finds it again"],
      ["--listen ADDR", "https address to listen on (default 127.0.0.1:7420)"],
    ],
    example: "npm start",
  },
  plan: {
    usage: "hanse plan -f FILE [-f FILE…] [--delete] [--server-side]",
    does: "Shows what applying the files would do: which objects in which clusters would be created, changed, moved or deleted. Changes nothing.\nEnds with 0 when nothing would happen in the clusters, 1 when something would, 2 when it failed or the server would refuse it.",
    flags: [
      ["-f FILE", "manifests, YAML or JSON; - is standard input"],
      ["--delete", "what deleting them would do"],
      ["--server-side", "as `kubectl apply --server-side` would send them"],
      ["--field-manager NAME", "whose fields they are then (default kubectl)"],
      ["-n NAMESPACE", "of objects that name none (default default)"],
      ["--kubeconfig FILE", "the federation's kubeconfig (default $KUBECONFIG, then ~/.kube/config)"],
      ["--context C", "context in it (default its current one)"],
    ],
    example: "hanse plan -f placement.yaml",
  },
  epoch: {
    usage: "hanse epoch [confirm] [--cluster NAME] [--json]",
    does: "After a restored backup: shows which clusters hold deletions back, what would be deleted there, and what stands there that the data knows nothing of.\nconfirm lets what it shows be deleted; what the data knows nothing of stays.",
    flags: [
      ["--cluster NAME", "this cluster alone, and all of it (default: every one, the first 100 names of each)"],
      ["--json", "print the server's answer as it is"],
      ["--kubeconfig FILE", "the federation's kubeconfig (default $KUBECONFIG, then ~/.kube/config)"],
      ["--context C", "context in it (default its current one)"],
    ],
    example: "hanse epoch && hanse epoch confirm --cluster paris",
  },
  kubeconfig: {
    usage: "hanse kubeconfig [--data DIR]",
    does: "Prints the admin's kubeconfig of the federation in DIR.",
    flags: [["--data DIR", "the directory given to hanse serve (default .hanse)"]],
    example: "hanse kubeconfig > ~/.kube/hanse",
  },
};

export const HELP = `hanse makes many Kubernetes clusters into one.

${Object.values(COMMANDS)
  .map((entry) => `  ${entry.usage}\n      ${entry.does.split("\n")[0]}`)
  .join("\n")}

  hanse COMMAND --help says more. First steps:
      hanse demo                                        see it work
      kubectl --kubeconfig .hanse/kubeconfig get nodes  its clusters
`;

/** Undefined: there is no such command. */
export function helpFor(name: string): string | undefined {
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!entry) return undefined;
  const width = Math.max(...entry.flags.map(([flag]) => flag.length));
  const flags = entry.flags.map(([flag, text]) => `  ${flag.padEnd(width)}  ${text}`).join("\n");
  return `${entry.usage}\n\n${entry.does}\n\n${flags}\n\nExample:\n  ${entry.example}\n`;
}
