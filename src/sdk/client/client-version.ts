/**
 * The version of this package, sent with every request. Written here, for the client runs where no file can be read;
 * a test holds it to package.json.
 */
export const clientVersion = '0.1.0';
