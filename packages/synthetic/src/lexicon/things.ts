/** Things, by class. A leaf is a kind of its node's name, and that of the one above. */
import { type Concept, trees } from './concept.ts';

/** The everyday half of the vocabulary: MNLI trains and is matched on it. */
export const everydayThings: readonly Concept[] = trees('thing', [
  'animal: dog bird horse reptile',
  'dog: poodle beagle spaniel terrier collie',
  'bird: parrot canary pigeon swan',
  'horse: pony mare stallion',
  'reptile: lizard turtle snake',
  'plant: flower tree',
  'flower: rose tulip daisy lily orchid',
  'tree: oak birch maple willow',
  'garment: coat hat dress/gown',
  'coat: parka raincoat overcoat anorak',
  'hat: bonnet beret fedora',
  'dress: sundress kimono',
  'tool: saw knife hammer',
  'saw: hacksaw jigsaw chainsaw',
  'knife: penknife cleaver scalpel',
  'hammer: mallet sledgehammer',
  'container: bag box bottle',
  'bag: backpack/rucksack handbag/purse satchel suitcase',
  'box: crate casket carton',
  'bottle: flask vial',
  'fruit: apple pear plum peach mango lemon orange melon',
]);

/** The other half, of MNLI's mismatched split; the other tasks use both. */
export const otherThings: readonly Concept[] = trees('thing', [
  'vehicle: car/automobile boat truck/lorry bicycle/bike',
  'car: sedan convertible limousine coupe',
  'boat: canoe yacht ferry kayak',
  'truck: pickup tanker',
  'instrument: guitar drum horn violin flute',
  'horn: trumpet trombone tuba',
  'drum: bongo tabor',
  'guitar: ukulele lute',
  'jewel/gem: ruby emerald sapphire diamond opal pearl',
  'device/gadget: computer phone/telephone camera radio printer',
  'computer: laptop tablet mainframe',
  'phone: smartphone payphone',
  'toy: doll kite puzzle puppet balloon',
  'building: house shop/store tower',
  'house: cottage villa bungalow',
  'shop: bakery pharmacy bookshop',
]);

export const things: readonly Concept[] = [...everydayThings, ...otherThings];

/** What is taught and learned; no article. */
export const subjects: readonly Concept[] = trees(
  'subject',
  'physics chemistry biology geology French Italian Spanish German Russian tennis fencing judo golf'.split(' '),
);
