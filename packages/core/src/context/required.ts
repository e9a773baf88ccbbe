import { DStreamError } from '../errors/dstream-error.ts'
import type { SparkConf } from './spark-conf.ts'

/**
 * The value of a key without which there is no context.
 * @throws DStreamError MASTER_MISSING, APP_NAME_MISSING
 */
export function required(conf: SparkConf, key: 'spark.master' | 'spark.app.name'): string {
  const value = conf.getOption(key)
  if (value !== undefined && value !== '') return value
  if (key === 'spark.master')
    throw new DStreamError('MASTER_MISSING', 'A master URL must be set in your configuration', {
      hint: "Call setMaster('local[*]').",
    })
  throw new DStreamError('APP_NAME_MISSING', 'An application name must be set in your configuration', {
    hint: "Call setAppName('…').",
  })
}
