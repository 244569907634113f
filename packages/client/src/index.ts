export { connect } from './connect.ts'
export type { Event, EventType, Reload, Subscription } from './contract.ts'
export { RealtimeError } from './errors.ts'
export type { Connection, ConnectOptions, State, Timing } from './options.ts'
