import { Module } from '@nestjs/common';
import { LagExporter } from './lag-exporter.js';
import { LagMetrics } from './metrics.js';

@Module({ providers: [LagExporter, LagMetrics] })
export class LagModule {}
