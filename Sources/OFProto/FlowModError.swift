/// Why a flow modification was refused. The codes are OpenFlow's (1.3.5, section 7.4.4 and those it refers to).
public struct FlowModError: Error, Hashable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// OFPFMFC_TABLE_FULL
        case tableFull
        /// OFPFMFC_OVERLAP
        case overlap
        /// OFPFMFC_BAD_TABLE_ID
        case badTable
        /// OFPBAC_TOO_MANY and its kin
        case badActions
        /// OFPMMFC_INVALID_METER
        case unknownMeter
        /// OFPBAC_BAD_OUT_GROUP
        case unknownGroup
        /// OFPBRC_BAD_TABLE_ID: goto_table to the same or an earlier table
        case badGoto
    }
    public var code: Code
    public var message: String
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
    public var description: String { message }
}
