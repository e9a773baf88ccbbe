import assert from 'node:assert/strict'

/** What stands behind `// =>`. */
type Expected = { readonly value: unknown } | { readonly throws: string }

/** Copied beside the examples' programs, which call it for every result they state. */
export async function __is(evaluate: () => Promise<unknown>, expected: Expected): Promise<void> {
  if ('value' in expected) {
    assert.deepStrictEqual(await evaluate(), expected.value)
    return
  }
  const error = await evaluate().then(
    value => assert.fail(`expected an error with the code ${expected.throws}, got ${String(value)}`),
    (thrown: unknown) => thrown,
  )
  assert.equal((error as { code?: unknown }).code, expected.throws)
}
