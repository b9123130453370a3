// Hanse's own version, equal to package.json's (checked by a test), and the Kubernetes release whose API it speaks.

export const VERSION = "0.1.0";
export const KUBERNETES_VERSION = "1.36.3";
