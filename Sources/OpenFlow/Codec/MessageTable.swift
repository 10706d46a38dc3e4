/// How a message is numbered, and with it which headers it has.
enum MessageNumber: Hashable, Sendable {
    /// The type in the OpenFlow header.
    case type(UInt8)
    /// Type 4, the vendor and its subtype.
    case vendor(UInt32, UInt32)
    /// A multipart ("statistics") message's type.
    case multipart(UInt16, reply: Bool)
    /// Multipart type 65535, the vendor and its subtype.
    case vendorMultipart(UInt32, UInt32, reply: Bool)
}

/// One message as it is in some versions.
struct MessageRow: Sendable {
    let kind: MessageKind
    let form: MessageForm
    let first: OFVersion
    let last: OFVersion
    let number: MessageNumber
    /// Bytes behind the headers, at least.
    let minimum: Int
    /// What is beyond the minimum is a multiple of this; 0: there is nothing beyond it.
    let unit: Int

    func isIn(_ version: OFVersion) -> Bool { first <= version && version <= last }

    var isMultipart: Bool {
        switch number {
        case .type, .vendor: false
        case .multipart, .vendorMultipart: true
        }
    }

    /// Bytes of all headers.
    func headerLength(_ version: OFVersion) -> Int {
        switch number {
        case .type: MessageHeader.length
        case .vendor: 16
        case .multipart: version == .v10 ? 12 : 16
        case .vendorMultipart: 24
        }
    }

    /// True if a message of `length` bytes is neither too short nor too long.
    func allows(_ length: Int, _ version: OFVersion) -> Bool {
        let extra = length - headerLength(version) - minimum
        return unit == 0 ? extra == 0 : extra >= 0 && extra % unit == 0
    }
}

/// The table's rows by what a message's headers say, and by kind.
struct MessageIndex: Sendable {
    private var types = [UInt8](repeating: none, count: 7 * typeSpan)
    private var multiparts = [UInt8](repeating: none, count: 7 * 2 * multipartSpan)
    private var niciras = [UInt8](repeating: none, count: 7 * niciraSpan)
    private var others: [MessageNumber: [UInt8]] = [:]
    private var kinds = [[UInt8]](repeating: [], count: MessageKind.allCases.count)

    private static let none = UInt8.max
    private static let typeSpan = 64
    private static let multipartSpan = 32
    private static let niciraSpan = 160

    init(_ rows: [MessageRow]) {
        for (index, row) in rows.enumerated() {
            let index = UInt8(index)
            kinds[Int(row.kind.rawValue)].append(index)
            for version in OFVersion.allCases where row.isIn(version) { insert(row.number, version, index) }
        }
    }

    private mutating func insert(_ number: MessageNumber, _ version: OFVersion, _ index: UInt8) {
        let version = Int(version.rawValue)
        switch number {
        case .type(let type): types[version * Self.typeSpan + Int(type)] = index
        case .multipart(let type, let reply): multiparts[(version * 2 + (reply ? 1 : 0)) * Self.multipartSpan + Int(type)] = index
        case .vendor(Vendor.nicira, let subtype): niciras[version * Self.niciraSpan + Int(subtype)] = index
        case .vendor, .vendorMultipart: if others[number, default: []].last != index { others[number, default: []].append(index) }
        }
    }

    /// The row of a message with this number in this version.
    func row(_ number: MessageNumber, _ version: OFVersion) -> MessageRow? {
        let place = Int(version.rawValue)
        var index = Self.none
        switch number {
        case .type(let type) where type < Self.typeSpan: index = types[place * Self.typeSpan + Int(type)]
        case .multipart(let type, let reply) where type < Self.multipartSpan:
            index = multiparts[(place * 2 + (reply ? 1 : 0)) * Self.multipartSpan + Int(type)]
        case .vendor(Vendor.nicira, let subtype) where subtype < Self.niciraSpan: index = niciras[place * Self.niciraSpan + Int(subtype)]
        default: return others[number]?.lazy.map { messageTable[Int($0)] }.first { $0.isIn(version) }
        }
        return index == Self.none ? nil : messageTable[Int(index)]
    }

    /// The row that says `kind` in a version, in the form that is asked for if there is a choice.
    func row(_ kind: MessageKind, _ form: MessageForm, _ version: OFVersion) -> MessageRow? {
        var found: MessageRow?
        for index in kinds[Int(kind.rawValue)] where messageTable[Int(index)].isIn(version) {
            let row = messageTable[Int(index)]
            if row.form == form { return row }
            if found == nil { found = row }
        }
        return found
    }
}

let messageIndex = MessageIndex(messageTable)
