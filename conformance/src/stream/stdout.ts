const originalWrite = process.stdout.write

/** Collects what is written to stdout until `restoreStdout`: the exact text that `print()` gives. */
export function captureStdout(): { text(): string } {
  const pieces: string[] = []
  process.stdout.write = ((piece: string | Uint8Array, ...rest: unknown[]) => {
    pieces.push(typeof piece === 'string' ? piece : Buffer.from(piece).toString('utf8'))
    const done = rest.find(argument => typeof argument === 'function')
    if (typeof done === 'function') done()
    return true
  }) as typeof process.stdout.write
  return { text: () => pieces.join('') }
}

/** Lets stdout be stdout again. Idempotent. */
export function restoreStdout(): void {
  process.stdout.write = originalWrite
}
