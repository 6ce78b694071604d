/**
 * Random bytes, the same in every run: the words of sfc32 (Doty-Humphrey, PractRand, 2010: a sum, a counter and three
 * words of state), the lowest byte first. Returns a function that gives the next one, 0 to 255.
 */
export function randomBytes(): () => number {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 1];
  let [word, left] = [0, 0];
  const advance = (): void => {
    word = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + word) | 0;
  };
  for (let i = 0; i < 15; i++) advance(); // the start is forgotten
  return () => {
    if (left === 0) {
      advance();
      left = 4;
    } else {
      word >>>= 8;
    }
    left--;
    return word & 0xff;
  };
}
