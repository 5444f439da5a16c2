/** The version of this package; a test holds it to package.json. Sent with every request. */
export const clientVersion = '0.1.0';
