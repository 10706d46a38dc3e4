import Flow
import OpenFlow

extension FlowTableRun {
    /// Flows that differ in an address, with a hundred priorities and two actions each, a line a flow, in the syntax of ovs-ofctl(8).
    static func text(_ flows: Int) -> String {
        (0..<flows).map { line($0) + "\n" }.joined()
    }

    private static func line(_ index: Int) -> String {
        "priority=\(100 + index % 100),tcp,nw_src=10.\(index >> 16 & 255).\(index >> 8 & 255).\(index & 255),tp_dst=80,"
            + "actions=set_field:02:00:00:00:\(hexByte(index % 7)):01->eth_dst,output:\(1 + index % 2)"
    }

    private static func hexByte(_ value: Int) -> String { (value < 16 ? "0" : "") + String(value, radix: 16) }

    /// The same flows as messages.
    static func requests(_ flows: Int) throws -> [FlowRequest] {
        let syntax = FlowSyntax()
        do {
            return try (0..<flows).map { try syntax.flow(line($0)) }
        } catch {
            throw BenchError("\(error)")
        }
    }

    /// Messages of OpenFlow 1.4 that open a bundle, put the flows into it and commit it.
    static func bundle(_ requests: [FlowRequest]) -> [UInt8] {
        func control(_ kind: BundleControl.Kind) -> [UInt8] {
            OFPacket(OFHeader(.v14, xid: 2), .bundleControl(BundleControl(id: 1, kind: kind, flags: .atomic))).encoded()
        }
        var bytes = control(.openRequest)
        for request in requests {
            let packet = OFPacket(OFHeader(.v14, xid: 3), .flowMod(request))
            bytes += OFPacket(OFHeader(.v14, xid: 3), .bundleAdd(BundleAdd(id: 1, flags: .atomic, content: .message(packet), bytes: packet.encoded()[...]))).encoded()
        }
        return bytes + control(.commitRequest)
    }
}
