/** What tells an error from others. */
export const codeOf = (error: unknown): string => {
  const { code, name, message } = error as { code?: string; name?: string; message?: string }
  return code ?? `${name}: ${message}`
}
