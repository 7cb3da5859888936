const NAME = /^[A-Za-z0-9._-]{1,64}$/;
const MOST_DIGITS = 6;
const NOT_SHOWN = '(a name that is not shown)';

/** A name of ours that is misspelt is said; what can be none may be a value, or somebody's number, in the wrong place. */
export const shownName = (name: string): string =>
  NAME.test(name) && name.replaceAll(/\D/g, '').length <= MOST_DIGITS ? name : NOT_SHOWN;
