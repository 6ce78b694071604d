/**
 * The charts' colours on the page's dark background, by the colour that the specification has for white paper. The
 * page's script exchanges them; the static drawings stay on white.
 */
export const DARK: Readonly<Record<string, string>> = {
  '#ffffff': '#1b1f24',
  '#222222': '#e6e8eb',
  '#5c5c5c': '#a9b0b8',
  '#767676': '#9aa1a9',
  '#b0b0b0': '#59626c',
  '#d0d0d0': '#3a4149',
  '#ececec': '#2b3138',
  '#d4d4d4': '#434b54',
  '#000000': '#e6e8eb',
  '#0072B2': '#4da3dc',
  '#D55E00': '#f0803c',
  '#009E73': '#35c796',
  '#CC79A7': '#e39bc4',
  '#E69F00': '#f2b632',
  '#56B4E9': '#8fd0f7',
};
