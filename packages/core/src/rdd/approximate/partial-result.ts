/**
 * What was known of a result when the time was over, and later the exact one.
 *
 * @see Spark's PartialResult
 * @example
 * const result = await sc.parallelize([1, 2, 3], 2).countApprox(60_000)
 * result.isInitialValueFinal // => true
 * result.initialValue.mean // => 3
 */
export class PartialResult<R> {
  /** Exact where all partitions had ended in time. */
  readonly initialValue: R
  readonly isInitialValueFinal: boolean
  readonly #final: Promise<R>

  /** @param final the exact result, which may still be computed */
  constructor(initialValue: R, isInitialValueFinal: boolean, final: Promise<R>) {
    this.initialValue = initialValue
    this.isInitialValueFinal = isInitialValueFinal
    this.#final = final
    // Who does not ask for it does not care that it failed.
    final.catch(() => {})
  }

  /** The exact result. @throws JobFailedError (rejection) */
  getFinalValue(): Promise<R> {
    return this.#final
  }

  /** The same result, made into something else. */
  map<S>(f: (value: R) => S): PartialResult<S> {
    return new PartialResult(f(this.initialValue), this.isInitialValueFinal, this.#final.then(f))
  }

  toString(): string {
    return this.isInitialValueFinal
      ? `(final: ${String(this.initialValue)})`
      : `(partial: ${String(this.initialValue)})`
  }
}
