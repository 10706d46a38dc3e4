/// # Flow
///
/// What a packet looks like to the switch: a *flow key*, a stack of twelve 64-byte lines in which every
/// field of ovs-fields(7) has one offset for ever. The datapath uses lines 0–9, OpenFlow tables all twelve.
/// A *mask* is the same structure with ones in the bits that matter. `FlowLines` says which lines of a key or
/// of a mask are in use, so that a packet that needs only line 0 (any untagged IPv4 packet) costs only line 0.
///
/// A compare under a mask or a hash under a mask is a handful of vector instructions a line; nothing is unpacked.
///
/// Threads: values and free functions only; nothing here has an owner.
/// Memory: nothing here allocates on the packet's path.
///
/// Read in this order: `FlowKey.swift` (the layout), `FlowLines.swift`, `LineMath.swift` (hash and compare),
/// `Extract.swift` (frame to key; then `ExtractCursor`, `ExtractLink`, `ExtractIP`, `ExtractTransport`),
/// `TupleTable.swift` (the classifier's hash table), `ComposeFrame.swift` (key to frame), then the fields of ovs-fields(7)
/// (`Field.swift`, `FieldTable.swift`, `FieldAccess.swift`) and the text forms: `TextSlice.swift` and `TextWriter.swift` under all of
/// them, `FieldText.swift` for one field's value, `ODPKeyText.swift` for a datapath flow.
