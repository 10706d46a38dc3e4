import Flow
import Wire

// Actions that choose by a hash: bundle, bundle_load, multipath.

extension HashFields {
    var name: String {
        switch self {
        case .ethSrc: "eth_src"
        case .symmetricL4: "symmetric_l4"
        case .symmetricL3L4: "symmetric_l3l4"
        case .symmetricL3L4UDP: "symmetric_l3l4+udp"
        case .nwSrc: "nw_src"
        case .nwDst: "nw_dst"
        case .symmetricL3: "symmetric_l3"
        }
    }
}

extension BundleSpec.Algorithm {
    var name: String { self == .activeBackup ? "active_backup" : "hrw" }
    static let all = [BundleSpec.Algorithm.activeBackup, .highestRandomWeight]
}

extension MultipathSpec.Algorithm {
    var name: String {
        switch self {
        case .moduloN: "modulo_n"
        case .hashThreshold: "hash_threshold"
        case .highestRandomWeight: "hrw"
        case .iteratedHash: "iter_hash"
        }
    }
    static let all = [MultipathSpec.Algorithm.moduloN, .hashThreshold, .highestRandomWeight, .iteratedHash]
}

extension ActionParser {
    /// "fields,basis,algorithm,ofport,members:1,2", for bundle_load with the destination in front of the members.
    func bundle(_ text: TextSlice, isLoad: Bool) throws(FlowSyntaxError) -> OFAction {
        var words = Words(text)
        let fields = words.next(", "), basis = words.next(", "), algorithm = words.next(", "), type = words.next(", ")
        let destination = isLoad ? words.next(", ") : nil
        guard let delimiter = words.next(": "), let fields, let basis, let algorithm, let type else {
            throw FlowSyntaxError("\(text.string): not enough arguments to bundle action", text)
        }
        guard delimiter.equalsIgnoringCase("members") || delimiter.equalsIgnoringCase("slaves") else {
            throw FlowSyntaxError("\(text.string): missing member delimiter, expected `members', got `\(delimiter.string)'", delimiter)
        }
        let members = try portList(&words)
        let hashed = try hashFields(fields, text)
        guard let chosen = BundleSpec.Algorithm.all.first(where: { algorithm.equalsIgnoringCase($0.name) }) else {
            throw FlowSyntaxError("\(text.string): unknown algorithm `\(algorithm.string)'", algorithm)
        }
        guard type.equalsIgnoringCase("ofport") else {
            throw FlowSyntaxError("\(text.string): unknown member_type `\(type.string)'", type)
        }
        let range = try destination.map { word throws(FlowSyntaxError) in try shortRange(word, text) }
        if let range, range.count < 16 {
            throw FlowSyntaxError("bundle_load action requires at least 16 bit destination. (OFPBAC_BAD_ARGUMENT)", text)
        }
        return .bundle(BundleSpec(fields: hashed, basis: basis.leadingNumber(), algorithm: chosen, members: members, destination: range))
    }

    private func portList(_ words: inout Words) throws(FlowSyntaxError) -> [OFPort] {
        var members: [OFPort] = []
        while members.count < Limits.bundleMembers, let word = words.next(", []") {
            guard let port = OFPort(text: word, ports: ports) else { throw FlowSyntaxError("\(word.string): bad port number", word) }
            members.append(port)
        }
        return members
    }

    /// "fields,basis,algorithm,links,argument,destination"
    func multipath(_ text: TextSlice) throws(FlowSyntaxError) -> OFAction {
        var words = Words(text)
        guard let fields = words.next(", "), let basis = words.next(", "), let algorithm = words.next(", "),
            let links = words.next(", "), let argument = words.next(", "), let destination = words.next(", ")
        else { throw FlowSyntaxError("\(text.string): not enough arguments to multipath action", text) }
        let hashed = try hashFields(fields, text)
        guard let chosen = MultipathSpec.Algorithm.all.first(where: { algorithm.equalsIgnoringCase($0.name) }) else {
            throw FlowSyntaxError("\(text.string): unknown algorithm `\(algorithm.string)'", algorithm)
        }
        let count = Int32(bitPattern: links.leadingNumber())
        guard (1...65536).contains(count) else {
            throw FlowSyntaxError("\(text.string): n_links \(count) is not in valid range 1 to 65536", links)
        }
        let range = try shortRange(destination, text)
        guard range.count >= 16 || count <= 1 << range.count else {
            throw FlowSyntaxError("\(text.string): \(range.count)-bit destination field has \(1 << range.count) possible values,"
                + " less than specified n_links \(count)", destination)
        }
        return .multipath(MultipathSpec(fields: hashed, basis: basis.leadingNumber(), algorithm: chosen, maximumLink: UInt16(count - 1),
            argument: argument.leadingNumber(), destination: range))
    }

    private func hashFields(_ word: TextSlice, _ text: TextSlice) throws(FlowSyntaxError) -> HashFields {
        guard let fields = HashFields.allCases.first(where: { word.equalsIgnoringCase($0.name) }) else {
            throw FlowSyntaxError("\(text.string): unknown fields `\(word.string)'", word)
        }
        return fields
    }

    /// Bits of a field with a 32-bit header, which is all that older actions have room for.
    func shortRange(_ word: TextSlice, _ text: TextSlice) throws(FlowSyntaxError) -> FieldRange {
        let range = try FieldRange.parse(word)
        guard range.field.hasShortHeader else {
            throw FlowSyntaxError("\(text.string): experimenter OXM field '\(word.string)' not supported", word)
        }
        return range
    }
}

extension Field {
    /// True if the field has an NXM or OXM header of 32 bits. actset_output's first one is the experimenter's.
    var hasShortHeader: Bool {
        guard let name = row.nxm, self != .actsetOutput else { return false }
        return name.hasPrefix("NXM_") || name.hasPrefix("OXM_")
    }
}

extension [OFPort] {
    /// Ports as they are listed: "1,LOCAL,eth1".
    public func text(names: PortNames = { _ in nil }) -> String { map { portText($0, names) }.joined(separator: ",") }

    /// Ports by number or name, with commas or blanks between them.
    public init(text: String, ports: PortLookup = { _ in nil }) throws(FlowSyntaxError) {
        var words = Words(TextSlice(text))
        self = []
        while let word = words.next(", ") {
            guard let port = OFPort(text: word, ports: ports) else {
                throw FlowSyntaxError("\(word.string) is not a valid OpenFlow port", word)
            }
            append(port)
        }
    }
}
