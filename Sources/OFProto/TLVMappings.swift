import OpenFlow

/// Which tunnel options are which tun_metadata fields (NXT_TLV_TABLE_MOD).
struct TLVMappings {
    /// Bytes that all options may have together, and how many fields there are.
    static let space: UInt32 = 256
    static let fields: UInt16 = 64
    private(set) var all: [TLVMapping] = []

    /// Adds, deletes or clears mappings; all of a modification or nothing.
    mutating func apply(_ mod: TLVTableMod) throws(OFError) {
        var table = all
        switch mod.command {
        case .clear: table = []
        case .delete:
            for mapping in mod.mappings { table.removeAll { $0.index == mapping.index } }
        case .add:
            for mapping in mod.mappings {
                guard mapping.index < Self.fields, mapping.length <= 124, mapping.length % 4 == 0 else { throw .nxttmfcBadFieldIdx }
                guard !table.contains(where: { $0.index == mapping.index }) else { throw .nxttmfcAlreadyMapped }
                guard !table.contains(where: { $0.optionClass == mapping.optionClass && $0.type == mapping.type }) else { throw .nxttmfcDupEntry }
                table.append(mapping)
            }
        }
        guard table.reduce(0, { $0 + UInt32($1.length) }) <= Self.space else { throw .nxttmfcTableFull }
        all = table.sorted { $0.index < $1.index }
    }
}
