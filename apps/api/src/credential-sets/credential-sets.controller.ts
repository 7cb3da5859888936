import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { AsTenant, type Caller } from '../auth/caller.js';
import { Requires } from '../auth/requires.js';
import { ApiCreated, ApiGone, ApiOne, ApiPage } from '../http/api-answers.js';
import { PageQuery } from '../http/page.js';
import { CREDENTIAL_SCHEMES, CredentialSetView } from './credential-sets.dto.js';
import { CredentialSetsService } from './credential-sets.service.js';

const SCHEMES = Object.values(CREDENTIAL_SCHEMES);
const BODY = { schema: { oneOf: SCHEMES.map((scheme) => ({ $ref: getSchemaPath(scheme) })) } };

@ApiTags('credential sets')
@ApiExtraModels(...SCHEMES)
@Controller('credential-sets')
export class CredentialSetsController {
  constructor(private readonly sets: CredentialSetsService) {}

  @Post()
  @Requires('owner')
  @ApiOperation({ summary: 'Create a set of credentials that webhooks authenticate with' })
  @ApiBody(BODY)
  @ApiCreated(CredentialSetView)
  create(@AsTenant() caller: Caller, @Body() body: object) {
    return this.sets.create(caller, body);
  }

  @Get()
  @Requires('viewer')
  @ApiOperation({ summary: 'Credential sets, newest first' })
  @ApiPage(CredentialSetView)
  list(@AsTenant() caller: Caller, @Query() query: PageQuery) {
    return this.sets.list(caller, query);
  }

  @Get(':id')
  @Requires('viewer')
  @ApiOperation({ summary: 'One credential set, without its secrets' })
  @ApiOne(CredentialSetView)
  get(@AsTenant() caller: Caller, @Param('id') id: string) {
    return this.sets.get(caller, id);
  }

  @Patch(':id')
  @Requires('owner')
  @ApiOperation({ summary: 'A new name, or the whole set anew; webhooks it deauthorised become active' })
  @ApiBody(BODY)
  @ApiOne(CredentialSetView)
  update(@AsTenant() caller: Caller, @Param('id') id: string, @Body() body: Record<string, unknown>) {
    return this.sets.update(caller, id, body ?? {});
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('owner')
  @ApiOperation({ summary: 'Delete a credential set that no webhook uses' })
  @ApiGone()
  remove(@AsTenant() caller: Caller, @Param('id') id: string) {
    return this.sets.remove(caller, id);
  }
}
