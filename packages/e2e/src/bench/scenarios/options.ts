/** How long each measurement of a scenario takes. */
export type ScenarioOptions = { seconds: number }
