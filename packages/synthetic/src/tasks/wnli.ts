/**
 * WNLI: does the sentence say so of the one whom the pronoun means? Level 1: one of the hypotheses is about somebody
 * who is not mentioned. Level 2: the pronoun's gender fits only one. Level 3: it fits both; what is faster than what,
 * who needs help from whom, and `because` or `although` decide. Every sentence of level 3 has a twin that differs in
 * one word, by which the other one is meant.
 */
import { within } from '../part.ts';
import { type Case, caseKeys, caseSentence, referent, resolved, sampleCase } from '../pronouns/schema.ts';
import { crossed, type MakeSet, type Request, type Row } from './rows.ts';

const labels = ['1', '0'] as const;
const both = [0, 1] as const;

export const wnli: MakeSet = (request) => {
  const { plan, level } = request;
  if (level === 1) return unmentioned(request);
  const it = caseOf(request, level === 2 ? 'different' : 'same');
  const link = plan.pick(['because', 'although'] as const);
  return it && both.flatMap((property) => both.map((candidate) => row(it, property, link, candidate)));
};

function caseOf({ draw, part }: Request, genders: 'same' | 'different'): Case | undefined {
  const it = sampleCase(draw, genders);
  return it && within(part, ...caseKeys(it)) ? it : undefined;
}

function row(it: Case, property: 0 | 1, link: 'because' | 'although', candidate: 0 | 1): Row {
  return {
    text: caseSentence(it, property, link),
    pair: resolved(it, it.candidates[candidate], property),
    label: labels[referent(property, link) === candidate ? 0 : 1],
  };
}

/** Two cases of one schema, about different people. */
function unmentioned(request: Request): Row[] | undefined {
  const { draw, part } = request;
  const [first, second] = [caseOf(request, 'different'), sampleCase(draw, 'different')];
  if (!first || !second) return undefined;
  const other: Case = { schema: first.schema, candidates: second.candidates };
  const mentioned = [...first.candidates, ...other.candidates];
  if (new Set(mentioned).size < 4 || !within(part, ...caseKeys(other))) return undefined;
  const [property, link] = [draw.pick(both), draw.pick(['because', 'although'] as const)];
  const meant = referent(property, link);
  return crossed(
    [caseSentence(first, property, link), caseSentence(other, property, link)],
    [resolved(first, first.candidates[meant], property), resolved(other, other.candidates[meant], property)],
    labels,
  );
}
