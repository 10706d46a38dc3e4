import Flow
import Wire

extension GroupMod {
    /// The group modification as ovs-ofctl prints it, behind the message's name: "ADD group_id=1,type=all,bucket=bucket_id:0,actions=output:1".
    public func text(version: OFVersion = .v15, names: @escaping PortNames = { _ in nil }) -> String {
        let isAboutBuckets = command == .insertBucket || command == .removeBucket
        var text = command.printed + " "
        if isAboutBuckets, version.saysBucketIDs { text += "command_bucket_id:" + bucketIDText(bucketID) + "," }
        return text + groupText(group, isAboutBuckets ? nil : kind, kind, selection, buckets, version, names)
    }
}

extension GroupDescription {
    /// The group as a line of `ovs-ofctl dump-groups`, without the blank in front. OpenFlow 1.1 to 1.4 say neither how a group selects nor
    /// buckets' numbers.
    public func text(version: OFVersion = .v15, names: @escaping PortNames = { _ in nil }) -> String {
        groupText(group, kind, kind, version.saysBucketIDs ? selection : GroupSelection(), buckets, version, names)
    }
}

extension OFVersion {
    /// OpenFlow 1.0's extension has OpenFlow 1.5's form.
    fileprivate var saysBucketIDs: Bool { self == .v10 || self == .v15 }
    /// How actions are printed.
    fileprivate var actionStyle: ActionStyle { self < .v12 ? .openFlow10 : .openFlow15 }
}

extension GroupMod.Command {
    fileprivate var printed: String {
        switch self {
        case .add: "ADD"
        case .modify: "MOD"
        case .delete: "DEL"
        case .insertBucket: "INSERT_BUCKET"
        case .removeBucket: "REMOVE_BUCKET"
        case .addOrModify: "ADD_OR_MOD"
        }
    }
}

private func groupText(
    _ group: UInt32, _ printedKind: GroupKind?, _ kind: GroupKind, _ selection: GroupSelection, _ buckets: [GroupBucket], _ version: OFVersion,
    _ names: @escaping PortNames
) -> String {
    var items = ["group_id=\(group)"]
    if let printedKind { items.append("type=" + printedKind.name) }
    items += selection.items(names)
    for bucket in buckets {
        var text = "bucket="
        if version.saysBucketIDs { text += "bucket_id:" + bucketIDText(bucket.id) + "," }
        if bucket.weight != (kind == .select ? 1 : 0) { text += "weight:\(bucket.weight)," }
        if bucket.watchPort != .none { text += "watch_port:" + portText(bucket.watchPort, names) + "," }
        if bucket.watchGroup != GroupNumber.any { text += "watch_group:\(bucket.watchGroup)," }
        items.append(text + "actions=" + bucket.actions.text(style: version.actionStyle, names: names))
    }
    return items.joined(separator: ",")
}

private func bucketIDText(_ id: UInt32) -> String {
    switch id {
    case GroupBucket.idFirst: "first"
    case GroupBucket.idLast: "last"
    case GroupBucket.idAll: "all"
    default: String(id)
    }
}

extension GroupSelection {
    fileprivate func items(_ names: PortNames) -> [String] {
        guard !method.isEmpty else { return [] }
        var items = ["selection_method=" + method]
        if parameter != 0 { items.append("selection_method_param=\(parameter)") }
        let fields = hashedFields.map { field, bits in
            bits == field.widthMask & field.place.ones ? field.name : field.name + "=" + field.actionText(MaskedValue(value: bits, mask: field.place.ones), names: names)
        }
        if fields.count == 1 { items.append("fields=" + fields[0]) }
        if fields.count > 1 { items.append("fields(" + fields.joined(separator: ",") + ")") }
        return items
    }

    /// The fields by name, or, where no names were said, the first ones that have the bits.
    private var hashedFields: [(field: Field, bits: UInt128)] {
        if !names.isEmpty {
            return names.sorted { $0.rawValue < $1.rawValue }.map { ($0, fields.mask.value(of: $0)) }
        }
        var left = fields.mask
        var found: [(field: Field, bits: UInt128)] = []
        for field in Field.allCases {
            let bits = left.value(of: field)
            guard bits != 0 else { continue }
            found.append((field, bits))
            left.set(field, to: 0)
        }
        return found
    }
}
