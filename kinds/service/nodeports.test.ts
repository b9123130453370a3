import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KubeObject, Loose } from "../object.ts";
import { service } from "../service.ts";
import { FIRST_PORT, LAST_PORT } from "./nodeports.ts";
import { needsNodePorts } from "./traits.ts";

function created(spec: Loose, uid = "u"): KubeObject {
  const object: KubeObject = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", namespace: "shop", uid },
    spec: structuredClone(spec),
  };
  service.setDefaults?.(object);
  service.prepareCreate?.(object);
  return object;
}

function updated(old: KubeObject, spec: Loose): KubeObject {
  const next: KubeObject = { ...structuredClone(old), spec: structuredClone(spec) };
  service.setDefaults?.(next);
  service.prepareUpdate?.(next, old);
  return next;
}

const portsOf = ({ spec }: KubeObject): number[] => (spec.ports as Loose[]).map(({ nodePort }) => nodePort);

const spec = fc.record({
  type: fc.constantFrom("ClusterIP", "NodePort", "LoadBalancer"),
  externalTrafficPolicy: fc.constantFrom("Cluster", "Local"),
  ports: fc
    .uniqueArray(fc.integer({ min: 1, max: 65535 }), { minLength: 1, maxLength: 40 })
    .map((numbers) => numbers.map((port) => ({ name: `p${port}`, port }))),
});
const clean = ({ externalTrafficPolicy, ...rest }: Loose): Loose =>
  rest.type === "ClusterIP" ? rest : { ...rest, externalTrafficPolicy };

describe("node ports", () => {
  it("are in the range, all different, and a function of the uid", () => {
    fc.assert(
      fc.property(fc.uuid(), spec, (uid, raw) => {
        const object = created(clean(raw), uid);
        expect(service.validate?.(object)).toEqual([]);
        expect(created(clean(raw), uid)).toEqual(object);
        const health: number[] = object.spec.healthCheckNodePort ? [object.spec.healthCheckNodePort] : [];
        const given = needsNodePorts(object.spec) ? [...portsOf(object), ...health] : health;
        expect(new Set(given).size).toBe(given.length);
        expect(given.every((port) => port >= FIRST_PORT && port <= LAST_PORT)).toBe(true);
      }),
    );
  });

  it("are different even where their hashes meet", () => {
    const ports = Array.from({ length: 500 }, (_, at) => ({ name: `p${at}`, port: at + 1 }));
    expect(new Set(portsOf(created({ type: "NodePort", ports }))).size).toBe(500);
  });

  it("asked for twice are refused", () => {
    const ports = [
      { name: "a", port: 80, nodePort: 30001 },
      { name: "b", port: 81, nodePort: 30001, protocol: "UDP" },
    ];
    expect(service.validate?.(created({ type: "NodePort", ports }))).toMatchObject([
      { field: "spec.ports[1].nodePort", message: "Invalid value: 30001: provided port is already allocated" },
    ]);
  });

  it("stay through updates that do not name them, and every update is valid", () => {
    fc.assert(
      fc.property(fc.uuid(), spec, spec, (uid, one, two) => {
        const old = created(clean(one), uid);
        const next = updated(old, clean(two));
        expect(service.validate?.(next, old)).toEqual([]);
        if (!needsNodePorts(old.spec) || !needsNodePorts(next.spec)) return;
        const before = new Map((old.spec.ports as Loose[]).map(({ name, nodePort }) => [name, nodePort]));
        for (const { name, nodePort } of next.spec.ports) if (before.has(name)) expect(nodePort).toBe(before.get(name));
      }),
    );
  });

  it("go with the type that had them", () => {
    const old = created({ type: "NodePort", ports: [{ port: 80 }] });
    expect(portsOf(updated(old, { ...old.spec, type: "ClusterIP" }))).toEqual([undefined]);
  });

  it("of one number are shared at creation", () => {
    const ports = [
      { name: "udp", port: 53, protocol: "UDP" },
      { name: "tcp", port: 53, protocol: "TCP", nodePort: 30053 },
    ];
    expect(portsOf(created({ type: "NodePort", ports }))).toEqual([30053, 30053]);
  });

  it.each([29999, 32768, 80, -1])("%s is refused", (nodePort) => {
    const errors = service.validate?.(created({ type: "NodePort", ports: [{ port: 80, nodePort }] }));
    expect(errors).toEqual([
      {
        reason: "FieldValueInvalid",
        field: "spec.ports[0].nodePort",
        message: `Invalid value: ${nodePort}: provided port is not in the valid range. The range of valid ports is 30000-32767`,
      },
    ]);
  });
});

describe("addresses", () => {
  it.each([
    [{}, ["IPv4"]],
    [{ ipFamilyPolicy: "PreferDualStack" }, ["IPv4"]],
    [{ ipFamilyPolicy: "RequireDualStack" }, ["IPv4", "IPv6"]],
    [{ ipFamilies: ["IPv6"] }, ["IPv6"]],
    [{ ipFamilyPolicy: "RequireDualStack", ipFamilies: ["IPv6"] }, ["IPv6", "IPv4"]],
    [{ clusterIP: "fd00::1" }, ["IPv6"]],
  ])("%j", (changes, families) => {
    const object = created({ ports: [{ port: 80 }], ...changes });
    expect(service.validate?.(object)).toEqual([]);
    expect(object.spec.ipFamilies).toEqual(families);
    const ips: string[] = object.spec.clusterIPs;
    expect(ips.map((ip) => (ip.includes(":") ? "IPv6" : "IPv4"))).toEqual(families);
    expect(object.spec.clusterIP).toBe(ips[0]);
  });

  it("the second one comes and goes with the policy", () => {
    const one = created({ ports: [{ port: 80 }] });
    const two = updated(one, { ports: [{ port: 80 }], ipFamilyPolicy: "RequireDualStack" });
    expect([two.spec.clusterIPs[0], two.spec.clusterIPs.length]).toEqual([one.spec.clusterIP, 2]);
    const back = updated(two, { ...two.spec, ipFamilyPolicy: "SingleStack" });
    expect(back.spec.clusterIPs).toEqual([one.spec.clusterIP]);
    expect(service.validate?.(back, two)).toEqual([]);
  });
});
