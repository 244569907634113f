/** A request to the Graph side, as the control API shows it. The token is not kept. */
export type RequestRecord = {
  at: string
  method: string
  url: string
  body: unknown
  /** Null while it is open and where the connection was cut. */
  status: number | null
}
