/// # OpenFlow
///
/// OpenFlow as values, their wire form and their text: messages of OpenFlow 1.0–1.5 with the Nicira and ONF extensions, matches, actions, groups, meters;
/// the syntax of ovs-ofctl(8), ovs-fields(7) and ovs-actions(7). No I/O, no state, no unsafe construct: everything here may be fed by strangers.
///
/// A value says what is meant in no version's form. The codec maps it to and from each version's bytes; what a version cannot say is left out or
/// is an error. Three tables drive it: fields (`Flow/FieldTable.swift` and `Codec/FieldHeaders.swift`), actions (`Codec/ActionTable.swift`), messages
/// (`Codec/MessageTable.swift`); and errors (`OFErrorTable.swift`).
///
/// Read in this order: `Match.swift`, `OFAction.swift`, `ActionSpecs.swift`, `FlowMod.swift`, `FlowRequest.swift`; `Messages/OFMessage.swift` and the
/// payloads beside it; the codec from `Codec/MessageDecode.swift` and `Codec/MessageEncode.swift` down (what many messages share is read and written once:
/// `Codec/FlowModForms.swift`, `Codec/MatchForm.swift`); the text's parser
/// from `Text/FlowSyntax.swift` down (`KeyValueSyntax`, `MatchSyntax`, `MatchNormal`, `ActionSyntax`, `ActionCheck`, `SetFieldSyntax`); the printer
/// from `Text/FlowModText.swift` down (`MatchText`, `ActionText`, `SetFieldText`, `FieldValueText`). Bounds: `Limits.swift`.
///
/// The judges are Debian's ovs-ofctl and PyPI's os-ken: the tests give them the same things and compare what they print and refuse.
import Flow
import Wire
