/** The name of a token, by which people are told apart. */
export const tokenNamePattern = /^[A-Za-z0-9][A-Za-z0-9 _.@-]{0,63}$/;

/** What is said of a text that is no such name. */
export const tokenNameRule = 'must be 1 to 64 letters, digits, spaces, ".", "_", "@" or "-"';

/** Of such a name. */
export const tokenNameCharsMax = 64;
