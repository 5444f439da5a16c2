export { integer, logInteger, logUniform, oneOf, uniform } from '../../../domain/spec/search/distribution.ts';
