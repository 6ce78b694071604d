/** Spaces in the sense of Rust: characters with the property White_Space. */
import { separators } from './characters.ts';

export const startSpaces = new RegExp(`^[${separators}]*`, 'u');
export const endSpaces = new RegExp(`(?<![${separators}])[${separators}]+$`, 'u');
/** Two or more, or one that ends a line or is a tab. */
export const runsOfSpaces = new RegExp(`[${separators}]{2,}|[\\n\\r\\t]`, 'gu');
