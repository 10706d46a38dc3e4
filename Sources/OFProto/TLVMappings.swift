import Flow
import OpenFlow

/// Which tunnel options are which tun_metadata fields (NXT_TLV_TABLE_MOD), and where these fields are in a key. A place does not change as long as its
/// field is mapped; the units of 4 bytes that it is made of need not lie side by side.
struct TLVMappings {
    /// Bytes that all options may have together, and how many fields there are.
    static let space = UInt32(TunMetadataPlace.unitsInKey * TunMetadataPlace.unitSize)
    static let fields: UInt16 = 64
    private(set) var all: [TLVMapping] = []
    /// By the field's number; nil: it is not mapped.
    private(set) var places = [TunMetadataPlace?](repeating: nil, count: Int(fields))

    /// Adds, deletes or clears mappings; all of a modification or nothing.
    /// - Parameter used: bit N: a flow names tun_metadataN, which cannot go (`nxttmfcInvalidTLVDel`).
    mutating func apply(_ mod: TLVTableMod, used: UInt64) throws(OFError) {
        var table = self
        switch mod.command {
        case .clear: try table.remove(all, used: used)
        case .delete: try table.remove(mod.mappings, used: used)
        case .add: for mapping in mod.mappings { try table.add(mapping) }
        }
        table.all.sort { $0.index < $1.index }
        self = table
    }

    private mutating func add(_ mapping: TLVMapping) throws(OFError) {
        guard mapping.index < Self.fields, mapping.length <= TunMetadataPlace.mostBytes, Int(mapping.length) % TunMetadataPlace.unitSize == 0
        else { throw .nxttmfcBadFieldIdx }
        guard places[Int(mapping.index)] == nil else { throw .nxttmfcAlreadyMapped }
        guard !all.contains(where: { $0.optionClass == mapping.optionClass && $0.type == mapping.type }) else { throw .nxttmfcDupEntry }
        let taken = places.reduce(into: Set<UInt8>()) { $0.formUnion($1?.units ?? []) }
        let units = (0..<UInt8(TunMetadataPlace.unitsInKey)).filter { !taken.contains($0) }.prefix(Int(mapping.length) / TunMetadataPlace.unitSize)
        let place = TunMetadataPlace(index: Int(mapping.index), units: Array(units))
        guard place.bytes == mapping.length else { throw .nxttmfcTableFull }
        places[place.index] = place
        all.append(mapping)
    }

    private mutating func remove(_ mappings: [TLVMapping], used: UInt64) throws(OFError) {
        for index in mappings.map({ Int($0.index) }) where index < places.count {
            guard let place = places[index] else { continue }
            guard used & place.presence == 0 else { throw .nxttmfcInvalidTLVDel }
            places[index] = nil
            all.removeAll { $0.index == index }
        }
    }

    /// The place of one of tun_metadata0–63. `nxfmfcInvalidTLVField`: no option is mapped to it.
    func place(of field: Field) throws(OFError) -> TunMetadataPlace {
        guard let place = field.tunMetadataIndex.flatMap({ places[$0] }) else { throw .nxfmfcInvalidTLVField }
        return place
    }
}
