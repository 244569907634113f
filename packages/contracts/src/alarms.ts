import { type Static, Type } from 'typebox'

/**
 * What may be missing without any call having failed: statuses of what was sent, webhooks at all, progress in the inbox,
 * messages that parked statuses are about, a place for what was put aside,
 * the means for a feature such as payments.
 */
export const alarmNames = [
  'statuses_missing',
  'webhooks_silent',
  'inbox_waiting',
  'statuses_parked',
  'quarantine_filled',
  'feature_refused'
] as const

export const AlarmNameSchema = Type.Enum(alarmNames)
export type AlarmName = Static<typeof AlarmNameSchema>
