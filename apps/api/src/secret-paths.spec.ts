import { describe, expect, it } from 'vitest';
import { withoutSecrets } from './secret-paths.js';

describe('what is shown of an object with secrets', () => {
  const stored = {
    auth: { type: 't', secret: 's', secrets: [{ value: 'v', notAfter: 'n' }, { value: 'w' }] },
    settings: { reports: { baseUrl: 'b', apiKey: 'k' } },
  };

  it('lacks every named path, also in arrays, and keeps the rest', () => {
    const paths = ['auth.secret', 'auth.secrets[].value', 'settings.reports.apiKey'];
    expect(withoutSecrets(stored, paths)).toEqual({
      auth: { type: 't', secrets: [{ notAfter: 'n' }, {}] },
      settings: { reports: { baseUrl: 'b' } },
    });
  });

  it('leaves the stored one as it is, and bears paths that lead nowhere', () => {
    const before = structuredClone(stored);
    expect(withoutSecrets(stored, ['auth.none.at.all', 'settings[].x', 'auth.type.x'])).toEqual(before);
    expect(stored).toEqual(before);
  });
});
