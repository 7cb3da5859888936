export { tpastream } from './provider.js';
