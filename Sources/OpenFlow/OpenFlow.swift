/// # OpenFlow
///
/// OpenFlow as values: matches, actions, flow modifications, and their text in the syntax of ovs-ofctl(8),
/// ovs-fields(7) and ovs-actions(7). No I/O, no state, no unsafe construct: everything here may be fed by strangers.
///
/// Read in this order: `Match.swift`, `OFAction.swift`, `FlowMod.swift`, then the parsers and printers.
