export { curacel } from './provider.js';
