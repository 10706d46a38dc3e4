import Flow
import Wire

// Actions that come in one of several forms, and go out in it again.

extension ActionWording {
    /// True if `action` is written in this form without being told.
    func isOfItself(for action: OFAction) -> Bool {
        switch (self, action) {
        case (.output(let length), _): length == 0
        case (.outputField(let length, let isLong), .outputField(let range)): length == .max && isLong == range.field.hasLongHeader
        case (.resubmitTable, .resubmit(_, let table, let ct)): table != nil || ct
        case (.controller2, .controller(let spec)): spec.hasProperties
        case (.sample2, .sample(let spec)): spec.samplingPort != .none
        case (.sample3, .sample(let spec)): spec.direction != .standard
        case (.learn2, .learn(let spec)): spec.isSecondForm
        case (.load, .setField), (.load2, .setField), (.own, .setField): false
        default: true
        }
    }
}

extension ByteWriter {
    /// `action` in the form that `wording` says, as far as `version` has it.
    mutating func worded(_ wording: ActionWording, _ action: OFAction, _ version: OFVersion) {
        switch (wording, action) {
        case (.output(let length), .output(let port, _)): plainOutput(port, length, version)
        case (.outputField(let length, let isLong), .outputField(let range)): outputField(range, length, isLong: isLong, version)
        case (.resubmitTable, .resubmit(let port, let table, let ct)):
            resubmit(ct ? .resubmitTableCT : .resubmitTable, port ?? .inPort, table ?? 0xff, version)
        case (.controller2, .controller(let spec)): controller2(spec, version)
        case (.sample2, .sample(let spec)): sample(spec, spec.direction == .standard ? .sample2 : .sample3, version)
        case (.sample3, .sample(let spec)): sample(spec, .sample3, version)
        case (.learn2, .learn(let spec)): learn(spec, isSecond: true, version)
        case (.load, .setField(let field, let value)): load(field, value, version)
        case (.load2, .setField(let field, let value)) where version < .v15:
            form(.regLoad2, version) { $0.fieldEntry(field, version: 0, value: value.value, mask: field.isAllBytes(value.mask) ? nil : value.mask) }
        case (.load2, .setField(let field, let value)): load(field, value, version)
        case (.own(let isWide), .setField(let field, let value)):
            if !ownSet(field, value.value, isWide: isWide, version) { self.action(action, version) }
        default: self.action(action, version)
        }
    }

    /// By loads; from OpenFlow 1.5 on, which has none, by a set_field with the mask.
    private mutating func load(_ field: Field, _ value: MaskedValue, _ version: OFVersion) {
        guard version >= .v15 else { return loads(field, value, isWhole: value.mask == field.widthMask & field.place.ones, version) }
        guard case .setField(let field, let value) = OFAction.set(field, to: value) else { return }
        form(.setField15, version) {
            $0.fieldEntry(field, version: field.actionVersion(version), value: value.value, mask: field.isAllBytes(value.mask) ? nil : value.mask)
        }
    }

    /// The protocol's own action for the field. False: the version has none, or has set_field for it.
    private mutating func ownSet(_ field: Field, _ value: UInt128, isWide: Bool, _ version: OFVersion) -> Bool {
        switch field {
        case .mplsTTL: form(.setMPLSTTL, version) { $0.number(value, 1) }
        case .nwTTL where version > .v10: form(.setNWTTL, version) { $0.number(value, 1) }
        case .mplsLabel where version < .v12: form(.setMPLSLabel, argument: UInt32(truncatingIfNeeded: value), version)
        case .mplsTC where version < .v12: form(.setMPLSTC, version) { $0.number(value, 1) }
        case .tunID where version < .v12 && (isWide || value >> 32 != 0): form(.setTunnel64, version) {
            $0.zeros(6)
            $0.number(value, 8)
        }
        case .tunID where version < .v12: form(.setTunnel, argument: UInt32(truncatingIfNeeded: value), version)
        default: return false
        }
        return true
    }
}

extension Field {
    /// True if a header in 32 bits cannot name it.
    var hasLongHeader: Bool { header(version: 0)?.oxmClass == 0xffff }

    /// True if `mask` selects all bits of the value's bytes, those beyond the field as well.
    func isAllBytes(_ mask: UInt128) -> Bool { mask == widthMask }
}
