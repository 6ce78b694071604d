/** Kernels that work element by element. */
import type { Value } from '../graph.ts';
import { broadcast, cast, choose, input, kernel, scalar } from './register.ts';

const ARITHMETIC = {
  Add: 'Add',
  Sub: 'Sub',
  Multiply: 'Mul',
  RealDiv: 'Div',
  Maximum: 'Max',
  Minimum: 'Min',
  Pow: 'Pow',
};

const EQUALITY = { Equal: 'Equal' };

const ORDER = {
  Greater: 'Greater',
  GreaterEqual: 'GreaterOrEqual',
  Less: 'Less',
  LessEqual: 'LessOrEqual',
};

const LOGICAL = { LogicalAnd: 'And', LogicalOr: 'Or' };

const UNARY = {
  Abs: 'Abs',
  Cos: 'Cos',
  Erf: 'Erf',
  Log: 'Log',
  Neg: 'Neg',
  Reciprocal: 'Reciprocal',
  Relu: 'Relu',
  Sigmoid: 'Sigmoid',
  Sin: 'Sin',
  Softplus: 'Softplus',
  Sqrt: 'Sqrt',
  Tanh: 'Tanh',
};

for (const [name, op] of Object.entries(ARITHMETIC)) {
  kernel(name, (call) => {
    const [a, b] = [input(call, 'a'), input(call, 'b')];
    return call.recorder.node(op, [a, b], broadcast(a, b), a.dtype);
  });
}

for (const [name, op] of Object.entries({ ...EQUALITY, ...LOGICAL })) {
  kernel(name, (call) => {
    const [a, b] = [input(call, 'a'), input(call, 'b')];
    return call.recorder.node(op, [a, b], broadcast(a, b), 'bool');
  });
}

for (const [name, op] of Object.entries(ORDER)) {
  kernel(name, (call) => {
    // ONNX orders numbers only.
    const [a, b] = [input(call, 'a'), input(call, 'b')].map((x) =>
      x.dtype === 'bool' ? cast(call.recorder, x, 'int32') : x,
    ) as [Value, Value];
    return call.recorder.node(op, [a, b], broadcast(a, b), 'bool');
  });
}

kernel('NotEqual', (call) => {
  const [a, b] = [input(call, 'a'), input(call, 'b')];
  const equal = call.recorder.node('Equal', [a, b], broadcast(a, b), 'bool');
  return call.recorder.node('Not', [equal], equal.shape, 'bool');
});

for (const [name, op] of Object.entries(UNARY)) {
  kernel(name, (call) => {
    const x = input(call, 'x');
    return call.recorder.node(op, [x], x.shape, x.dtype);
  });
}

kernel('Exp', (call) => {
  // The one function of this kind that TensorFlow.js takes of whole numbers too.
  const x = cast(call.recorder, input(call, 'x'), 'float32');
  return call.recorder.node('Exp', [x], x.shape, 'float32');
});

kernel('LogicalNot', (call) => {
  const x = input(call, 'x');
  return call.recorder.node('Not', [x], x.shape, 'bool');
});

kernel('Square', (call) => {
  const x = input(call, 'x');
  return call.recorder.node('Mul', [x, x], x.shape, x.dtype);
});

kernel('SquaredDifference', (call) => {
  const [a, b] = [input(call, 'a'), input(call, 'b')];
  const difference = call.recorder.node('Sub', [a, b], broadcast(a, b), a.dtype);
  return call.recorder.node('Mul', [difference, difference], difference.shape, a.dtype);
});

kernel('Rsqrt', (call) => {
  const x = input(call, 'x');
  const root = call.recorder.node('Sqrt', [x], x.shape, x.dtype);
  return call.recorder.node('Reciprocal', [root], x.shape, x.dtype);
});

kernel<{ alpha: number }>('Step', (call) => {
  const x = input(call, 'x');
  const positive = call.recorder.node('Greater', [x, scalar(call.recorder, 0, x.dtype)], x.shape, 'bool');
  const [one, slope] = [scalar(call.recorder, 1, x.dtype), scalar(call.recorder, call.attributes.alpha, x.dtype)];
  return choose(call.recorder, positive, one, slope, x.shape);
});

kernel<{ clipValueMin: number; clipValueMax: number }>('ClipByValue', (call) => {
  const x = input(call, 'x');
  const { clipValueMin, clipValueMax } = call.attributes;
  const bounds = [scalar(call.recorder, clipValueMin, x.dtype), scalar(call.recorder, clipValueMax, x.dtype)];
  return call.recorder.node('Clip', [x, ...bounds], x.shape, x.dtype);
});

kernel('Select', (call) => {
  const [condition, t, e] = [input(call, 'condition'), input(call, 't'), input(call, 'e')];
  return choose(call.recorder, condition, t, e, t.shape);
});
