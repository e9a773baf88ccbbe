import { DStreamError } from '../errors/dstream-error.ts'
import { loadConf } from './spark-conf-load.ts'
import { booleanOf, integerOf, numberOf, sizeBytesOf, timeMsOf } from './spark-conf-values.ts'

/** Keys whose values are not shown. */
const secret = /secret|password|token|access[.]?key/i

/**
 * The configuration of an application: keys and texts. What is set in code is stronger than the command line (`--conf key=value`), that is stronger
 * than the properties file (`--properties-file FILE`, else `conf/spark-defaults.conf`), that than the environment, that than the defaults.
 * docs/configuration.md lists the keys.
 *
 * @param loadDefaults whether to look at the command line, the file and the environment
 * @see Spark's `SparkConf`
 * @example
 * const conf = new SparkConf().setMaster('local[2]').setAppName('NetworkWordCount')
 * conf.get('spark.master') // => 'local[2]'
 */
export class SparkConf {
  readonly #values: Map<string, string>

  constructor(loadDefaults: boolean = true) {
    this.#values = loadDefaults ? loadConf() : new Map()
  }

  /** @throws DStreamError `CONF_VALUE_MISSING` when key or value is null or undefined */
  set(key: string, value: string | number | boolean): this {
    if (typeof key !== 'string')
      throw new DStreamError('CONF_VALUE_MISSING', 'null key', { hint: 'Pass the key as a string.' })
    if (value === undefined || value === null) {
      throw new DStreamError('CONF_VALUE_MISSING', `null value for ${key}`, {
        hint: `Pass a value, or remove('${key}').`,
      })
    }
    this.#values.set(key, String(value))
    return this
  }

  /** Sets each key of a record, or each of a list of pairs. */
  setAll(
    settings:
      Readonly<Record<string, string | number | boolean>> | Iterable<readonly [string, string | number | boolean]>,
  ): this {
    const pairs =
      Symbol.iterator in settings ? (settings as Iterable<readonly [string, string]>) : Object.entries(settings)
    for (const [key, value] of pairs) this.set(key, value)
    return this
  }

  setIfMissing(key: string, value: string | number | boolean): this {
    return this.#values.has(key) ? this : this.set(key, value)
  }

  /** `local`, `local[N]`, `local[*]`, `local[N,F]`, or the URL of a cluster. */
  setMaster(master: string): this {
    return this.set('spark.master', master)
  }

  setAppName(name: string): this {
    return this.set('spark.app.name', name)
  }

  remove(key: string): this {
    this.#values.delete(key)
    return this
  }

  contains(key: string): boolean {
    return this.#values.has(key)
  }

  /**
   * The value of a key, else `otherwise`.
   * @throws DStreamError `CONF_KEY_NOT_SET` when there is neither
   */
  get(key: string, otherwise?: string): string {
    return this.#values.get(key) ?? otherwise ?? this.#notSet(key)
  }

  getOption(key: string): string | undefined {
    return this.#values.get(key)
  }

  /** All keys and values, in the order in which they were first set. */
  getAll(): [string, string][] {
    return [...this.#values]
  }

  /** The typed getters throw DStreamError `MALFORMED_CONF_VALUE`, naming key, value and the expected form, and `CONF_KEY_NOT_SET`. */
  getBoolean(key: string, otherwise?: boolean): boolean {
    return this.#typed(key, otherwise, booleanOf)
  }

  getInt(key: string, otherwise?: number): number {
    return this.#typed(key, otherwise, integerOf)
  }

  getDouble(key: string, otherwise?: number): number {
    return this.#typed(key, otherwise, numberOf)
  }

  /** Milliseconds of `200ms`, `5s`, `2min`, `1h`, `3d`; a bare number is milliseconds. */
  getTimeAsMs(key: string, otherwise?: string): number {
    return timeMsOf(key, this.get(key, otherwise))
  }

  /** Seconds of such a time, cut to whole ones; a bare number is seconds. */
  getTimeAsSeconds(key: string, otherwise?: string): number {
    return Math.trunc(timeMsOf(key, this.get(key, otherwise), 's') / 1000)
  }

  /** Bytes of `64m`, `1g`; a bare number is bytes. */
  getSizeAsBytes(key: string, otherwise?: string): number {
    return sizeBytesOf(key, this.get(key, otherwise))
  }

  clone(): SparkConf {
    return new SparkConf(false).setAll(this.#values)
  }

  /** One line a key, sorted, secrets not shown. */
  toDebugString(): string {
    const line = ([key, value]: [string, string]): string =>
      `${key}=${secret.test(key) ? '*********(redacted)' : value}`
    return this.getAll().map(line).sort().join('\n') // prettier-ignore
  }

  #typed<T>(key: string, otherwise: T | undefined, parse: (key: string, text: string) => T): T {
    const text = this.#values.get(key)
    if (text === undefined && otherwise !== undefined) return otherwise
    return parse(key, text ?? this.#notSet(key))
  }

  #notSet(key: string): never {
    throw new DStreamError('CONF_KEY_NOT_SET', `${key} is not set`, {
      hint: `Set it, or pass a default: get('${key}', …).`,
    })
  }
}
