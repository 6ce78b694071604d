/** Where and when. A city lies in a country, a month in a season (of the northern half), a day in the week or its end. */
import { type Concept, below, leaves, trees } from './concept.ts';

const regions = trees('region', [
  'France: Paris Lyon Marseille Bordeaux',
  'Italy: Rome Milan Naples Florence',
  'Spain: Madrid Seville Valencia Barcelona',
  'Germany: Berlin Munich Hamburg Dresden',
  'Japan: Tokyo Kyoto Osaka',
  'Egypt: Cairo Luxor Alexandria',
  'Canada: Toronto Montreal Ottawa',
  'India: Delhi Mumbai Madras',
]);
const venues = trees(
  'venue',
  'market station library museum harbour airport theatre hotel school park church bank office stadium beach'.split(' '),
);

const months = trees('month', [
  'spring: March April May',
  'summer: June July August',
  'autumn/fall: September October November',
  'winter: December January February',
]);
const days = trees('day', ['weekday: Monday Tuesday Wednesday Thursday Friday', 'weekend: Saturday Sunday']);
const hours = trees('hour', 'morning afternoon evening'.split(' '));

export const cities: readonly Concept[] = regions.flatMap(leaves);
/** The most specific places and times. */
export const places: readonly Concept[] = [...cities, ...venues];
export const times: readonly Concept[] = [...months, ...days, ...hours].flatMap(leaves);

const phrases = new Map<Concept, (word: string) => string>([
  ...regions.flatMap(below).map((node) => [node, (word: string) => `in ${word}`] as const),
  ...venues.map((node) => [node, (word: string) => `at the ${word}`] as const),
  ...months.flatMap(below).map((node) => [node, (word: string) => `in ${word}`] as const),
  ...days.flatMap(leaves).map((node) => [node, (word: string) => `on ${word}`] as const),
  [days[0]!, (word) => `on a ${word}`],
  [days[1]!, (word) => `at the ${word}`],
  ...hours.map((node) => [node, (word: string) => `in the ${word}`] as const),
]);

/** A place or time with its preposition: `in Paris`, `at the market`, `on Monday`. */
export function circumstance(node: Concept, word: string): string {
  return phrases.get(node)!(word);
}
