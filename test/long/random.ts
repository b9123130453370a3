// Numbers of a soak: one seed, one stream for each actor, so that what an actor chooses does not hang on when the others run.
export type Random = (below: number) => number;

/** mulberry32 over the seed and the actor's name. */
export function randomOf(seed: number, actor: string): Random {
  let state = seed;
  for (const char of actor) state = Math.imul(state ^ char.charCodeAt(0), 0x01000193);
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
