/** JSON as PHP's json_encode writes it by default: "/" as "\/" and everything beyond ASCII as "\uXXXX". */
export function phpJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
