const times = Number(process.env['DSTREAM_PROPERTY_TIMES'] ?? 1)
const seed = process.env['DSTREAM_PROPERTY_SEED']

/**
 * The settings of a property that is tried `runs` times. DSTREAM_PROPERTY_TIMES multiplies that; DSTREAM_PROPERTY_SEED repeats what a failure
 * has printed.
 */
export const tried = (runs: number): { numRuns: number; seed?: number } => ({
  numRuns: runs * times,
  ...(seed === undefined ? {} : { seed: Number(seed) }),
})
