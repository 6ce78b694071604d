/** What the registry's methods are, in words: for `lomap methods`, and for whoever lists them. */
import type { MethodAbout } from './methods/method.ts';
import { couplings, findMethod } from './registry.ts';

/** A method in words. */
export interface AboutMethod extends MethodAbout {
  readonly name: string;
  /** The methods that join its update to W in another way: by DoRA's magnitude, BoRA's two, MAP. */
  readonly couples: readonly string[];
}

/** @throws RangeError for a name that the registry has not, naming near ones. */
export function aboutMethod(name: string): AboutMethod {
  const { about = { title: name, what: 'not said', source: 'not said', page: 'none' } } = findMethod(name);
  return { name, ...about, couples: couplings(name) };
}
