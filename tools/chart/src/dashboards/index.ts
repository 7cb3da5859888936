import { consumers } from './consumers.js';
import { fanout } from './fanout.js';
import { ingress } from './ingress.js';
import { pipeline } from './pipeline.js';

export const DASHBOARDS = [pipeline, ingress, consumers, fanout];
