import Wire

// The compact form of a list of actions that a PMD executes: 8-byte words in memory that the caller owns.
//
// An operation starts with a header word:
//
//     bits 0–7 opcode   8–11 flags   12–31 words, header included   32–63 operand
//
// opcode          operand                  further words
// end             –
// output          port
// outputCut       port                     1 longest length
// userspace       longest length, 0: all   1 userdata
// recirculate     recirculation id
// clone           –                        1… the list
// sample          probability              1… the list
// checkLength     length                   1 offset of the second list in words   2… greater, lessOrEqual
// meter           meter
// hash            basis                    1 algorithm
// setPriority     value                    1 mask
// setMark         value                    1 mask
// pushVLAN        the tag's four bytes
// popVLAN         –
// pushMPLS        the entry's four bytes   1 EtherType
// popMPLS         EtherType
// pushEthernet    –                        1–2 destination, source
// popEthernet     –
// setEthernet     –                        1–2 destination, source   3–4 their masks
// setIPv4         TOS, TTL, their masks    1 source, destination   2 their masks
// setIPv6         hop limit, its mask      1–4 source, destination   5–8 their masks   9 first four bytes, their mask
// setTCP          source, destination      1 their masks
// setUDP          source, destination      1 their masks
// setSCTP         source, destination      1 their masks
// setICMP         type, code, their masks
// setARP          –                        1–3 bytes 6–13, 14–21 and 20–27 of the header   4–6 their masks
// setND           –                        1–2 target   3–4 its mask   5 sll   6 its mask   7 tll   8 its mask
// setNDExtensions the reserved word        1 its mask   2 the options' type, its mask
// setMPLS         the entry's four bytes   1 their mask
// addMPLS         the entry's four bytes   1 EtherType
// pushNSH         length of the header     1… the header
// popNSH          –
// setNSH          –                        1 first eight bytes   2 their mask   3, 5 contexts   4, 6 their masks
//
// Multi-byte values stand as in the frame. Values are zero where their mask is. A list ends with `end`.

/// An operation of an action program.
enum ActionOpcode: UInt8 {
    case end, output, outputCut, userspace, recirculate, clone, sample, checkLength, meter, hash, setPriority, setMark
    case pushVLAN, popVLAN, pushMPLS, popMPLS, pushEthernet, popEthernet
    case setEthernet, setIPv4, setIPv6, setTCP, setUDP, setSCTP, setICMP, setARP, setND, setNDExtensions, setMPLS
    case addMPLS, pushNSH, popNSH, setNSH
}

/// What the compiler knew about an operation's place in its list.
struct ActionFlags: OptionSet {
    var rawValue: UInt8
    @inline(__always) @_noLocks init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The list's last operation: it takes the packets themselves, not copies.
    static var last: ActionFlags { @inline(__always) @_noLocks get { ActionFlags(rawValue: 1) } }
    /// The bytes change later in the list, so a copy must be a real one.
    static var writtenLater: ActionFlags { @inline(__always) @_noLocks get { ActionFlags(rawValue: 2) } }
    /// An earlier operation sent the packet, or a copy of it, somewhere: its end here is not a drop.
    static var delivered: ActionFlags { @inline(__always) @_noLocks get { ActionFlags(rawValue: 4) } }
    /// An earlier operation of the list has made the packets writable already.
    static var writable: ActionFlags { @inline(__always) @_noLocks get { ActionFlags(rawValue: 8) } }
}

/// The header word of an operation.
struct ActionWord {
    var raw: UInt64

    @inline(__always) @_noLocks init(raw: UInt64) { self.raw = raw }
    init(_ opcode: ActionOpcode, _ flags: ActionFlags, words: Int, operand: UInt32) {
        precondition(words <= ActionLimits.onceWords)
        raw = UInt64(opcode.rawValue) | UInt64(flags.rawValue) << 8 | UInt64(words) << 12 | UInt64(operand) << 32
    }
    var opcode: UInt8 { @inline(__always) @_noLocks get { UInt8(truncatingIfNeeded: raw) } }
    var flags: UInt8 { @inline(__always) @_noLocks get { UInt8(truncatingIfNeeded: raw >> 8) & 0xf } }
    @inline(__always) @_noLocks func has(_ flag: ActionFlags) -> Bool { flags & flag.rawValue != 0 }
    var words: Int { @inline(__always) @_noLocks get { Int(UInt32(truncatingIfNeeded: raw) >> 12) } }
    var operand: UInt32 { @inline(__always) @_noLocks get { UInt32(truncatingIfNeeded: raw >> 32) } }
}

/// Bounds of action programs.
public enum ActionLimits {
    /// The longest program of a megaflow in words. As many outputs are what OVS's datapath takes: 64 kB of them. Beyond it packets take the slow path.
    @inlinable public static var programWords: Int { 8192 }
    /// How deep clone, sample and check_pkt_len may nest in a megaflow's actions; each level takes about 1 KiB of a PMD's stack, and at
    /// most three batches of its `CopyArena`. Beyond it packets take the slow path.
    @inlinable public static var nesting: Int { 16 }
    /// The same for a program that runs once, on one packet. Beyond it the packet is dropped. What an `ActionWord` can tell, and OpenFlow's own depth.
    @inlinable public static var onceWords: Int { (1 << 20) - 1 }
    @inlinable public static var onceNesting: Int { 64 }
    /// The words of the longest operation, push_nsh.
    static let operationWords = 1 + (8 + DPPushNSH.optionBytes + 7) / 8
    /// The greatest number of packets that `execute` takes.
    @inlinable public static var batch: Int { 32 }
    /// A frame is never cut shorter than an Ethernet header.
    static let shortestCut: UInt32 = 14
}

/// The port of a program that does nothing but send the packets out of one port; nil for any other program.
/// A PMD's loop asks this first, since most packets go this way.
@inline(__always) @_noLocks public func singleOutput(of program: UnsafePointer<UInt64>) -> UInt32? {
    // A program has at least one word.
    let word = unsafe ActionWord(raw: program.pointee)
    let wanted = UInt64(ActionOpcode.output.rawValue) | UInt64(ActionFlags.last.rawValue) << 8
    // `delivered` and `writable` cannot stand in a first operation.
    return word.raw & 0xfff == wanted ? word.operand : nil
}
