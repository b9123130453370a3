// Generated names (apiserver storage/names, apimachinery util/rand): the prefix cut to 58 characters plus 5 from an alphabet without
// vowels and look-alikes.

const ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
const SUFFIX = 5;
const PREFIX_MAX = 63 - SUFFIX;

export function generateName(prefix: string, random: () => number): string {
  let name = prefix.slice(0, PREFIX_MAX);
  for (let i = 0; i < SUFFIX; i++) name += ALPHABET[Math.floor(random() * ALPHABET.length)];
  return name;
}
