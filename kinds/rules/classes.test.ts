import { expect, test } from "vitest";
import type { KubeObject } from "../object.ts";
import { defaultClass } from "./classes.ts";
import { keyPairProblem } from "./pem.ts";

const one = (name: string, creationTimestamp: string, value?: string): KubeObject => ({
  apiVersion: "v1",
  kind: "Class",
  metadata: { name, creationTimestamp, annotations: value === undefined ? {} : { default: value } },
});
const EARLY = "2026-01-01T00:00:00Z";
const LATE = "2026-01-02T00:00:00Z";

test.each<[string, KubeObject[], string | undefined]>([
  ["none", [], undefined],
  ["none marked", [one("a", EARLY), one("b", EARLY, "false")], undefined],
  ["the marked one", [one("a", LATE), one("b", EARLY, "true")], "b"],
  ["the newest", [one("a", EARLY, "true"), one("b", LATE, "true")], "b"],
  ["the first by name of equally new ones", [one("c", LATE, "true"), one("b", LATE, "true")], "b"],
])("the default class: %s", (_name, classes, name) => expect(defaultClass(classes, ["default"])).toBe(name));

const pem = (type: string): string => `-----BEGIN ${type}-----\nAAAA\n-----END ${type}-----\n`;

test.each<[string, string, string, string | undefined]>([
  ["both", pem("CERTIFICATE"), pem("RSA PRIVATE KEY"), undefined],
  ["neither", "", "", "tls: failed to find any PEM data in certificate input"],
  ["no key", pem("CERTIFICATE"), "x", "tls: failed to find any PEM data in key input"],
  [
    "a certificate twice",
    pem("CERTIFICATE"),
    pem("CERTIFICATE"),
    "tls: found a certificate rather than a key in the PEM for the private key",
  ],
  [
    "the wrong way round",
    pem("PRIVATE KEY"),
    pem("CERTIFICATE"),
    "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched",
  ],
  [
    "something else",
    pem("X") + pem("Y"),
    "",
    'tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [X Y]',
  ],
])("a certificate and its key: %s", (_name, certificate, key, problem) =>
  expect(keyPairProblem(certificate, key)).toBe(problem),
);
