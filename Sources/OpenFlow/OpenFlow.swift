/// # OpenFlow
///
/// OpenFlow as values: matches, actions, flow modifications, and their text in the syntax of ovs-ofctl(8),
/// ovs-fields(7) and ovs-actions(7). No I/O, no state, no unsafe construct: everything here may be fed by strangers.
///
/// Read in this order: `Match.swift`, `OFAction.swift`, `FlowMod.swift`, `FlowRequest.swift`; the parser from
/// `FlowSyntax.swift` down (`KeyValueSyntax`, `MatchSyntax`, `MatchNormal`, `ActionSyntax`, `ActionCheck`, `SetFieldSyntax`); the printer
/// from `FlowModText.swift` down (`MatchText`, `ActionText`, `SetFieldText`, `FieldValueText`). Bounds: `Limits.swift`.
///
/// The judge of both is Debian's ovs-ofctl: the tests give it the same flows and compare what it prints and refuses.
