import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AsTenant, type Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { ApiDone } from '../http/api-answers.js';
import { RotatedSigningKey, RotateSigningKey } from './signing-keys.dto.js';
import { SigningKeys } from './signing-keys.js';

@ApiTags('webhooks')
@Controller('signing-keys')
export class SigningKeysController {
  constructor(private readonly keys: SigningKeys) {}

  @Post('rotate')
  @HttpCode(200)
  @Requires('owner')
  @ApiOperation({
    summary: 'A new key for deliveries signed by jwt_rs256; the earlier one stays published for a while',
  })
  @ApiDone(RotatedSigningKey)
  rotate(@AsTenant() caller: Caller, @Body() body: RotateSigningKey) {
    return this.keys.rotate(caller, body);
  }
}
