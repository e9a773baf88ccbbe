export { PIDRateEstimator, type PIDRateEstimatorOptions } from './pid-rate-estimator.ts'
export { firstRate, RateController, type RateSettings } from './rate-controller.ts'
