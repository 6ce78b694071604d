// A method that no package knows: Δ = diag(g) W, g starting at gateStart.
import { tf } from '@lomap/compile';
import { couple, denseDelta, factor, filled, joins, number, registerMethod } from '@lomap/peft';

const family = (start) => ({
  name: 'gate',
  params: ({ out }) => [factor('gate', [out], filled(start))],
  bind: (w, own) => denseDelta(tf.mul(w.tensor(), tf.reshape(own.gate, [w.out, 1]))),
  dense: (w, own) => Float64Array.from(w.values(), (value, i) => value * own.gate[Math.floor(i / w.in)]),
});

const gate = couple(
  'gate',
  joins.add,
  {
    name: 'gate',
    defaults: { rank: null, loraAlpha: null, targetModules: ['query'], adapterDropout: 0, gateStart: 0.25 },
    needs: ['targetModules'],
    accepts: {
      gateStart: { ...number('a finite number above -1', (value) => value > -1), meaning: 'Where g starts.' },
    },
    family: ({ settings }) => family(settings.gateStart ?? 0),
    scaling: () => 1,
    sizes: [],
  },
  { about: { title: 'Gate', what: 'W + diag(g) W', source: 'this test', page: 'none' } },
);

export default () => registerMethod(gate);
