/** What the registry's methods are, in words: for `lomap methods`, and for whoever lists them. */
import { couplings, findMethod } from './registry.ts';

/** A method in words. */
export interface AboutMethod {
  readonly name: string;
  /** As its paper writes it. */
  readonly title: string;
  /** What trains: the weight that is used, with s the scaling, or the tensors. */
  readonly what: string;
  /** Where it was published. */
  readonly source: string;
  /** Its page in docs/methods. */
  readonly page: string;
  /** The methods that join its update to W in another way: by DoRA's magnitude, BoRA's two, MAP. */
  readonly couples: readonly string[];
}

type Words = Pick<AboutMethod, 'title' | 'what' | 'source'>;

const own: Readonly<Record<string, Words>> = {
  head: { title: 'head only', what: 'the task head alone', source: 'common practice' },
  scratch: { title: 'from scratch', what: 'every tensor, from random values', source: 'common practice' },
  full: { title: 'full fine-tuning', what: 'every tensor', source: 'Devlin et al., arXiv 1810.04805' },
  bitfit: { title: 'BitFit', what: 'every bias', source: 'Ben Zaken et al., arXiv 2106.10199' },
  ia3: { title: '(IA)³', what: 'a scale of each output, or of each input', source: 'Liu et al., arXiv 2205.05638' },
  lora: { title: 'LoRA', what: 'W + sBA', source: 'Hu et al., arXiv 2106.09685' },
  loha: {
    title: 'LoHa',
    what: 'W + s(w1_a w1_b) ∘ (w2_a w2_b)',
    source: 'Hyeon-Woo et al. (FedPara), arXiv 2108.06098',
  },
  lokr: { title: 'LoKr', what: 'W + s(w1 ⊗ w2)', source: 'Yeh et al. (LyCORIS), arXiv 2309.14859' },
  vera: {
    title: 'VeRA',
    what: 'W + diag(λ_b) B diag(λ_d) A, the λ alone',
    source: 'Kopiczko et al., arXiv 2310.11454',
  },
  delora: { title: 'DeLoRA', what: 'W + BA of a fixed size λ', source: 'Bini et al., arXiv 2503.18225' },
  flora: { title: 'FLoRA', what: 'W + sBGA', source: 'Si et al., arXiv 2405.14739' },
  liera: { title: 'LieRA', what: 'W + W ∘ (sBA)', source: "the authors' Subspace-Tuning code" },
  lotr: {
    title: 'LoTR',
    what: 'W + sBMA, B and A shared by matrices of one shape',
    source: 'Bershatsky et al., arXiv 2402.01376',
  },
  adalora: {
    title: 'AdaLoRA',
    what: 'W + sPΛQ, from which training takes ranks away',
    source: 'Zhang et al., arXiv 2303.10512',
  },
  dora: { title: 'DoRA', what: 'm ∘ (W + sBA)/‖W + sBA‖ by rows', source: 'Liu et al., arXiv 2402.09353' },
  bora: { title: 'BoRA', what: 'as DoRA, then by columns with a magnitude of each', source: 'BoRA, arXiv 2412.06441' },
  edora: {
    title: 'EDoRA',
    what: 'm ∘ (W + sBRA)/‖W + sBRA‖ by rows, B and A frozen',
    source: 'EDoRA, arXiv 2501.12067',
  },
  lomap: { title: 'LoMAP', what: 'α W/‖W‖ + β BA/‖BA‖', source: 'MAP, arXiv 2505.23094' },
};

/** How couplings join an update to W. */
const joins: Readonly<Record<string, Words>> = {
  dora: { title: 'DoRA', what: "under DoRA's magnitude of each row", source: 'Liu et al. (DoRA), arXiv 2402.09353' },
  bora: { title: 'BoRA', what: "under BoRA's magnitudes of rows and columns", source: 'BoRA, arXiv 2412.06441' },
  map: { title: 'MAP', what: 'under MAP’s two magnitudes of the whole matrix', source: 'MAP, arXiv 2505.23094' },
};

/** @throws RangeError for a name that the registry has not, naming near ones. */
export function aboutMethod(name: string): AboutMethod {
  findMethod(name);
  const words = own[name];
  const page = words ? `docs/methods/${name === 'scratch' ? 'full' : name}.md` : 'docs/methods/couplings.md';
  return { name, ...(words ?? coupling(name)), page, couples: couplings(name) };
}

function coupling(name: string): Words {
  const [join = '', update = ''] = name.split('+');
  const [how, what] = [joins[join], own[update]];
  if (!how || !what) throw new Error(`Nothing is written of the method ${name}; add it in about.ts.`);
  return {
    title: `${how.title} + ${what.title}`,
    what: `the update of ${update} ${how.what}`,
    source: `${how.source}; the update: ${what.source}`,
  };
}
