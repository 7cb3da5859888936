/** Stands in every canary that may hold letters: who finds it has found a leak. */
const MARK = 'zq9canary';

/** A name, a secret, a claim's id, a path: text that nothing but its owner may ever say again. */
export const canary = (where: string): string => `${MARK}-${where}`;

/** Of the form of a social security number; no other text of a run has these digits. */
export const SSN = '078-05-9127';

/** How it might have been written instead. */
function forms(text: string): string[] {
  const encoded = Buffer.from(text);
  // In base64 of a longer text it begins at any of three places; the first and last characters depend on the neighbours.
  const inBase64 = [0, 1, 2].map((shift) => {
    const padded = Buffer.concat([Buffer.alloc(shift), encoded]).toString('base64');
    return padded.slice(Math.ceil((shift * 8) / 6), -4);
  });
  return [text, encodeURIComponent(text), encoded.toString('hex'), ...inBase64];
}

const SHOWN = 120;

/** @returns what is found, with what stands around it. @param secrets beside the canaries, as they are */
export function leaksIn(text: string, secrets: readonly string[] = []): string[] {
  const sought = [MARK, SSN, SSN.replaceAll('-', ''), ...secrets].flatMap(forms);
  return [...new Set(sought)].flatMap((form) => {
    const at = text.indexOf(form);
    return at === -1 ? [] : `${form}: …${text.slice(Math.max(0, at - SHOWN), at + form.length + SHOWN)}…`;
  });
}
