/** Quantiles of the normal, Student's and the Poisson distribution: what the bounds of approximate results are made of. */

/** The number below which a standard normal variable is with this probability. Error below 1.2e-9, relative. @see Acklam's approximation */
export function normalQuantile(probability: number): number {
  if (!(probability > 0)) return -Infinity
  if (!(probability < 1)) return Infinity
  if (probability > 0.5) return -normalQuantile(1 - probability)
  if (probability < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(probability))
    return polynomial(tailAbove, q) / (polynomial(tailBelow, q) * q + 1)
  }
  const q = probability - 0.5
  const r = q * q
  return (polynomial(middleAbove, r) * q) / (polynomial(middleBelow, r) * r + 1)
}

const middleAbove = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
]
const middleBelow = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1,
]
const tailAbove = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
]
const tailBelow = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416]

const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)

/** The same for Student's distribution with a whole number of degrees of freedom: found by halving an interval. */
export function studentQuantile(probability: number, degrees: number): number {
  if (probability < 0.5) return -studentQuantile(1 - probability, degrees)
  const within = 2 * probability - 1
  // Angles instead of numbers: every t is tan(angle) · √degrees.
  let [low, high] = [0, Math.PI / 2]
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (shareWithin(middle, degrees) < within) low = middle
    else high = middle
  }
  return Math.tan(low) * Math.sqrt(degrees)
}

/** How likely a variable is between -t and t, with t = tan(angle) · √degrees. @see Abramowitz and Stegun, 26.7.3 and 26.7.4 */
function shareWithin(angle: number, degrees: number): number {
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)]
  const odd = degrees % 2 === 1
  let term = odd ? cosine : 1
  let sum = degrees === 1 ? 0 : term
  for (let k = odd ? 3 : 2; k < degrees; k += 2) {
    term *= (cosine * cosine * (k - 1)) / k
    sum += term
  }
  return odd ? ((angle + sine * sum) * 2) / Math.PI : sine * sum
}

/** The least number of rare events that is not exceeded with this probability, when there are `mean` on average. */
export function poissonQuantile(probability: number, mean: number): number {
  if (mean <= 0) return 0
  if (mean > 500) {
    const z = normalQuantile(probability)
    return Math.max(0, Math.round(mean + z * Math.sqrt(mean) + (z * z - 1) / 6))
  }
  let events = 0
  let likely = Math.exp(-mean)
  for (let sum = likely; sum < probability && likely > 1e-300; sum += likely) likely *= mean / ++events
  return events
}
