import { SparkConf, SparkContext } from 'dstream'

/** The `sc` of examples. Copied beside the examples' programs. */
export const sc: SparkContext = new SparkContext(new SparkConf().setMaster('local[2]').setAppName('documentation'))
