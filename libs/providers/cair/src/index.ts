export { cair } from './provider.js';
