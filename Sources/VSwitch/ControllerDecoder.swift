import OFProto
import OpenFlow
import Stream

/// Finds and decodes the messages of one OpenFlow connection, on the I/O thread.
struct ControllerDecoder: MessageDecoder {
    private var framer = OFMessageFramer()
    /// From NXT_FLOW_MOD_TABLE_ID on, flow modifications of OpenFlow 1.0 are read in another way.
    private var hasTableIDs = false
    private var forms = FlowModForms()

    mutating func decode(_ bytes: [UInt8], _ message: (ReceivedMessage) -> Void) throws {
        try framer.decode(bytes) { bytes in
            let result = OFPacket.decode(bytes, hasTableIDs: hasTableIDs, isFromController: true, &forms)
            if case .success(let packet) = result, case .flowModTableID(let has) = packet.message { hasTableIDs = has }
            message(ReceivedMessage(bytes, result))
        }
    }
}
