import { key, normal } from '@lomap/compile';
import type { MatrixShape, Weight } from '@lomap/map';

/** The r largest singular values σ of W with their vectors: U [out, r] and V [in, r] row-major, W ≈ U diag(σ) Vᵀ. */
export interface TruncatedSvd {
  readonly u: Float64Array;
  readonly sigma: Float64Array;
  readonly v: Float64Array;
}

const found = new WeakMap<Weight, Map<number, TruncatedSvd>>();

/**
 * The truncated singular value decomposition of a weight, once for each weight and rank, in float64.
 *
 * Lanczos on the smaller of WWᵀ and WᵀW, each vector orthogonalised against all before it, with more of them until
 * the r-th pair's residual is 1e-10 of the largest eigenvalue. Signs are those of a fixed start: no randomness.
 *
 * @throws RangeError for a rank above the number of rows or columns.
 */
export function truncatedSvd(w: Weight, rank: number): TruncatedSvd {
  const side = Math.min(w.out, w.in);
  if (rank > side) throw new RangeError(`${w.path}: rank ${rank} is more than the ${side} singular values of W.`);
  const known = found.get(w) ?? new Map<number, TruncatedSvd>();
  found.set(w, known);
  let svd = known.get(rank);
  if (!svd) known.set(rank, (svd = decompose(w, w.values(), rank, side)));
  return svd;
}

function decompose(shape: MatrixShape, values: ArrayLike<number>, rank: number, side: number): TruncatedSvd {
  const tall = shape.in <= shape.out;
  const [short, long] = [tall ? times : timesTransposed, tall ? timesTransposed : times];
  const gram = (x: Float64Array): Float64Array => long(shape, values, short(shape, values, x));
  const basis: Float64Array[] = [];
  const [diagonal, beside]: [number[], number[]] = [[], []];
  let next = orthonormal(fresh(side, 0), basis)!;
  for (let goal = Math.min(side, 2 * rank + 20); ; goal = Math.min(side, goal + rank + 20)) {
    while (basis.length < goal) {
      const image = gram(next);
      diagonal.push(dot(image, next));
      basis.push(next);
      const rest = orthonormal(image, basis);
      // An invariant subspace: go on in another direction, uncoupled.
      beside.push(rest ? dot(rest, image) : 0);
      if (basis.length === side) break;
      next = rest ?? orthonormal(fresh(side, basis.length), basis)!;
    }
    const { values: eigenvalues, vectors } = tridiagonalEigen(diagonal, beside);
    const residual = Math.abs(beside.at(-1)! * vectors[rank - 1]!.at(-1)!);
    if (goal === side || residual <= 1e-10 * eigenvalues[0]!) {
      return factors(shape, values, basis, eigenvalues.slice(0, rank), vectors, tall);
    }
  }
}

/** Singular vectors of both sides from Ritz vectors of one. A σ of 0 has a zero vector on the other side. */
function factors(
  shape: MatrixShape,
  values: ArrayLike<number>,
  basis: readonly Float64Array[],
  eigenvalues: readonly number[],
  vectors: readonly (readonly number[])[],
  tall: boolean,
): TruncatedSvd {
  const rank = eigenvalues.length;
  const sigma = Float64Array.from(eigenvalues, (value) => Math.sqrt(Math.max(value, 0)));
  const [u, v] = [new Float64Array(shape.out * rank), new Float64Array(shape.in * rank)];
  for (let r = 0; r < rank; r++) {
    const own = new Float64Array(basis[0]!.length);
    basis.forEach((q, k) => q.forEach((value, i) => (own[i]! += value * vectors[r]![k]!)));
    const image = tall ? times(shape, values, own) : timesTransposed(shape, values, own);
    const other = image.map((value) => (sigma[r]! > 1e-12 * sigma[0]! ? value / sigma[r]! : 0));
    const [left, right] = tall ? [other, own] : [own, other];
    left.forEach((value, i) => (u[i * rank + r] = value));
    right.forEach((value, i) => (v[i * rank + r] = value));
  }
  return { u, sigma, v };
}

/** W x. */
function times({ out, in: columns }: MatrixShape, w: ArrayLike<number>, x: Float64Array): Float64Array {
  return Float64Array.from({ length: out }, (_, o) => {
    let sum = 0;
    for (let i = 0; i < columns; i++) sum += w[o * columns + i]! * x[i]!;
    return sum;
  });
}

/** Wᵀ x. */
function timesTransposed({ out, in: columns }: MatrixShape, w: ArrayLike<number>, x: Float64Array): Float64Array {
  const sums = new Float64Array(columns);
  for (let o = 0; o < out; o++) for (let i = 0; i < columns; i++) sums[i]! += w[o * columns + i]! * x[o]!;
  return sums;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

const fresh = (size: number, index: number): Float64Array => Float64Array.from(normal(key(0, 'lanczos', index), size));

/** x without its parts along the basis, of length 1; null where nothing is left. */
function orthonormal(x: Float64Array, basis: readonly Float64Array[]): Float64Array | null {
  const before = Math.sqrt(dot(x, x));
  const rest = Float64Array.from(x);
  for (let pass = 0; pass < 2; pass++) {
    for (const q of basis) {
      const part = dot(rest, q);
      for (let i = 0; i < rest.length; i++) rest[i]! -= part * q[i]!;
    }
  }
  const length = Math.sqrt(dot(rest, rest));
  return length > 1e-13 * before ? rest.map((value) => value / length) : null;
}

/** Eigenvalues, largest first, and vectors of a symmetric tridiagonal matrix, by Jacobi's rotations. */
function tridiagonalEigen(
  diagonal: readonly number[],
  beside: readonly number[],
): { values: number[]; vectors: number[][] } {
  const n = diagonal.length;
  const entry = (i: number, j: number): number => {
    if (i === j) return diagonal[i]!;
    return Math.abs(i - j) === 1 ? beside[Math.min(i, j)]! : 0;
  };
  const m = Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (_, j) => entry(i, j)));
  const rows = Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (_, j) => Number(i === j)));
  const scale = Math.max(...diagonal.map(Math.abs));
  for (let sweep = 0, off = Infinity; sweep < 30 && off > 1e-15 * scale; sweep++) {
    off = 0;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const value = m[p]![q]!;
        off = Math.max(off, Math.abs(value));
        if (Math.abs(value) > 1e-16 * scale) rotate(m, rows, p, q);
      }
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => m[b]![b]! - m[a]![a]!);
  return { values: order.map((i) => m[i]![i]!), vectors: order.map((i) => [...rows[i]!]) };
}

/** One rotation that makes m[p][q] zero; `rows` collects the eigenvectors. */
function rotate(m: readonly Float64Array[], rows: readonly Float64Array[], p: number, q: number): void {
  const theta = (m[q]![q]! - m[p]![p]!) / (2 * m[p]![q]!);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (const row of m) {
    const [x, y] = [row[p]!, row[q]!];
    row[p] = c * x - s * y;
    row[q] = s * x + c * y;
  }
  for (const both of [m, rows]) {
    const [x, y] = [both[p]!, both[q]!];
    for (let i = 0; i < x.length; i++) {
      const [a, b] = [x[i]!, y[i]!];
      x[i] = c * a - s * b;
      y[i] = s * a + c * b;
    }
  }
}
