import Foundation
import TestSupport
import Wire
@testable import Flow

/// A frame and what another decoder reads from it.
struct ReferenceFrame: Decodable {
    /// What sort of frame it is; only for messages.
    var kind: String
    var hex: String
    /// Fields by the names of `packetFields`, in hexadecimal without leading zeros.
    var fields: [String: String]
    /// True if `fields` names every field that is not zero; false if the decoder shows some fields only.
    var complete: Bool
    var bytes: [UInt8] { hexBytes(hex) }
}

/// Frames of all kinds, made and decoded by scapy from a seed.
func scapyFrames(seed: Int, perKind: Int) async throws -> [ReferenceFrame] {
    let result = try await python(frameProgram, ["scapy", String(seed), String(perKind)], seconds: 120)
    return try JSONDecoder().decode([ReferenceFrame].self, from: Data(result.output.utf8))
}

/// The same frames cut and damaged, decoded by `ovs-ofctl parse-pcap`.
func ofctlFrames(seed: Int, perKind: Int) async throws -> [ReferenceFrame] {
    let result = try await python(frameProgram, ["ofctl", String(seed), String(perKind)], seconds: 120)
    return try JSONDecoder().decode([ReferenceFrame].self, from: Data(result.output.utf8))
}

/// All fields that extraction fills, by name, in hexadecimal without leading zeros.
func packetFields(_ key: FlowKey) -> [String: String] {
    func hex(_ address: BE128) -> String { hex(UInt128(address.high) << 64 | UInt128(address.low)) }
    func hex(_ number: some BinaryInteger) -> String { String(number, radix: 16) }
    let (l0, l1, l3, l5) = (key.l0, key.l1, key.l3, key.l5)
    return [
        "dl_dst": hex(l0.dlDst.number), "dl_src": hex(l0.dlSrc.number), "dl_type": hex(l0.dlType.host),
        "vlan_tpid": hex(l0.vlanTPID.host), "vlan_tci": hex(l0.vlanTCI.host),
        "nw_proto": hex(l0.nwProto), "nw_tos": hex(l0.nwTOS), "nw_src": hex(l0.nwSrc.host), "nw_dst": hex(l0.nwDst.host),
        "nw_ttl": hex(l0.nwTTL), "nw_frag": hex(l0.nwFrag),
        "tp_src": hex(l0.tpSrc.host), "tp_dst": hex(l0.tpDst.host), "tcp_flags": hex(l0.tcpFlags.host),
        "ipv6_src": hex(l1.ipv6Src), "ipv6_dst": hex(l1.ipv6Dst), "nd_target": hex(l1.ndTarget),
        "arp_sha": hex(l1.arpSHA.number), "arp_tha": hex(l1.arpTHA.number), "ipv6_label": hex(l1.ipv6Label.host),
        "vlan_tpid1": hex(l3.innerVLANTPID.host), "vlan_tci1": hex(l3.innerVLANTCI.host),
        "mpls_lse0": hex(l3.mplsLSE0.host), "mpls_lse1": hex(l3.mplsLSE1.host), "mpls_lse2": hex(l3.mplsLSE2.host),
        "packet_type": hex(l3.packetType.host), "nd_reserved": hex(l3.ndReserved.host), "igmp_group": hex(l3.igmpGroup.host),
        "nd_options_type": hex(l3.ndOptionsType),
        "nsh_flags": hex(l5.nshFlags), "nsh_ttl": hex(l5.nshTTL), "nsh_mdtype": hex(l5.nshMDType), "nsh_np": hex(l5.nshNP),
        "nsh_path": hex(l5.nshPathHeader.host), "nsh_c1": hex(l5.nshContext0.host), "nsh_c2": hex(l5.nshContext1.host),
        "nsh_c3": hex(l5.nshContext2.host), "nsh_c4": hex(l5.nshContext3.host),
    ]
}
