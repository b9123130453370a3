// Printer columns and an object that kube-apiserver and we must show alike: [path, type].
export const SHOWN = {
  spec: {
    integer: 3,
    float: 2.5,
    small: 0.00001,
    text: "x",
    yes: true,
    nothing: null,
    list: [1, "a", { b: null, a: 1 }],
    map: { "x.y": "dotted", b: 2, a: 1 },
    date: "2020-01-02T03:04:05Z",
    names: [
      { name: "a", age: 1 },
      { name: "b", age: 2 },
    ],
  },
  status: {
    conditions: [
      { type: "Synced", status: "False" },
      { type: "Ready", status: "True" },
    ],
  },
};

const FIELDS = ["integer", "float", "small", "text", "yes", "nothing", "list", "map", "date", "missing"];

export const COLUMNS: [path: string, type: string][] = [
  [".spec.integer", "integer"],
  ...FIELDS.flatMap((field): [string, string][] =>
    ["string", "integer", "number", "boolean", "date"].map((type) => [`.spec.${field}`, type]),
  ),
  [".spec.map['x\\.y']", "string"],
  [".spec.map.x\\.y", "string"],
  [".spec.list[0]", "integer"],
  [".spec.list[-1]", "string"],
  [".spec.list[9]", "string"],
  [".spec.list[0:2]", "string"],
  [".spec.list[*]", "string"],
  [".spec.names[*].name", "string"],
  [".spec.names[1].age", "integer"],
  ["..name", "string"],
  ['.status.conditions[?(@.type=="Ready")].status', "string"],
  [".status.conditions[?(@.type=='Ready')].status", "string"],
  ['.status.conditions[?(@.type=="None")].status', "string"],
  ['.status.conditions[?(@.type!="Ready")].status', "string"],
  [".spec.names[?(@.age>1)].name", "string"],
  [".spec.names[?(@.age>=1)].name", "string"],
  [".spec.names[?(@.age<2)].name", "string"],
  [".spec.names[?(@.age)].name", "string"],
  [".spec.integer.deeper", "string"],
  [".spec.integer[0]", "string"],
  [".metadata.name", "string"],
  [".metadata", "boolean"],
];
