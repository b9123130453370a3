// The few names of the Workers runtime that main.ts uses.

declare module "cloudflare:workers" {
  export abstract class DurableObject<Env = unknown> {
    protected ctx: {
      storage: { getAlarm(): Promise<number | null>; setAlarm(at: number): Promise<void> };
      waitUntil(promise: Promise<unknown>): void;
    };
    protected env: Env;
    constructor(ctx: unknown, env: Env);
    fetch(request: Request): Promise<Response>;
    alarm(): Promise<void>;
  }
}

declare module "*.yaml" {
  const text: string;
  export default text;
}

interface WorkersWebSocket {
  accept(): void;
  send(text: string): void;
  close(code?: number): void;
  addEventListener(type: "close" | "error", listener: () => void): void;
}

declare const WebSocketPair: new () => { 0: unknown; 1: WorkersWebSocket };
