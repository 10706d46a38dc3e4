import Flow
import Wire

// How an action that names fields is written: by OpenFlow 1.0's and 1.1's own actions, by the extension's loads, or by set_field.

extension ByteWriter {
    mutating func setVLANVID(_ vid: UInt16, _ version: OFVersion) {
        guard version > .v10 else { return form(.setVLANVID10, version) { $0.u16(vid) } }
        // Later versions change only a tag that is there.
        form(.pushVLAN, version) { $0.u16(EtherType.vlan8021Q) }
        setField(.vlanVID, MaskedValue(value: UInt128(vid | VLANTCI.present), mask: Field.vlanVID.place.ones), version)
    }

    mutating func setVLANPCP(_ pcp: UInt8, _ version: OFVersion) {
        guard version > .v10 else { return form(.setVLANPCP10, version) { $0.u8(pcp) } }
        form(.pushVLAN, version) { $0.u16(EtherType.vlan8021Q) }
        setField(.vlanPCP, MaskedValue(value: UInt128(pcp), mask: Field.vlanPCP.place.ones), version)
    }

    mutating func setField(_ field: Field, _ value: MaskedValue, _ version: OFVersion) {
        let ones = field.widthMask & field.place.ones
        let isWhole = value.mask == ones
        if field == .vlanVID || field == .vlanPCP, !isWhole {
            // Parts of a tag are vlan_tci's bits: the fields alone are for whole values.
            let bits = Match(setting: field, to: value)
            return setField(.vlanTCI, MaskedValue(value: bits.key.value(of: .vlanTCI), mask: bits.mask.value(of: .vlanTCI)), version)
        }
        if isWhole, version < .v12, legacySet(field, value.value, version) { return }
        if version >= .v15 || version >= .v12 && isWhole {
            form(version >= .v15 ? .setField15 : .setField12, version) {
                $0.fieldEntry(field, version: field.actionVersion(version), value: value.value, mask: isWhole ? nil : value.mask)
            }
        } else {
            loads(field, value, isWhole: isWhole, version)
        }
    }

    /// OpenFlow 1.0's and 1.1's action that sets a whole field. False: there is none.
    private mutating func legacySet(_ field: Field, _ value: UInt128, _ version: OFVersion) -> Bool {
        let is11 = version == .v11
        switch field {
        case .vlanVID: form(is11 ? .setVLANVID11 : .setVLANVID10, version) { $0.number(value & UInt128(VLANTCI.vidMask), 2) }
        case .vlanPCP: form(is11 ? .setVLANPCP11 : .setVLANPCP10, version) { $0.number(value, 1) }
        case .ethSrc: form(.setDLSrc, version) { $0.number(value, 6) }
        case .ethDst: form(.setDLDst, version) { $0.number(value, 6) }
        case .ipv4Src: form(.setNWSrc, version) { $0.number(value, 4) }
        case .ipv4Dst: form(.setNWDst, version) { $0.number(value, 4) }
        case .nwTOS: form(.setNWTOS, version) { $0.number(value, 1) }
        case .ipDSCP: form(.setNWTOS, version) { $0.number(value << 2, 1) }
        case .tcpSrc, .udpSrc, .sctpSrc: form(.setTPSrc, version) { $0.number(value, 2) }
        case .tcpDst, .udpDst, .sctpDst: form(.setTPDst, version) { $0.number(value, 2) }
        case .nwECN where is11: form(.setNWECN, version) { $0.number(value, 1) }
        default: return false
        }
        return true
    }

    /// One load for each run of bits, at most 64 long; for a field whose header has no room there, one load with a mask.
    mutating func loads(_ field: Field, _ value: MaskedValue, isWhole: Bool, _ version: OFVersion) {
        if field == .ipDSCP, version == .v10 {
            return loads(.nwTOS, MaskedValue(value: value.value << 2, mask: value.mask << 2), isWhole: isWhole, version)
        }
        guard let header = field.header(version: 0) else { return }
        guard header.oxmClass != 0xffff else {
            return form(.regLoad2, version) { $0.fieldEntry(field, version: 0, value: value.value, mask: isWhole ? nil : value.mask) }
        }
        var rest = isWhole ? FieldRange(field).mask : value.mask
        while rest != 0 {
            let start = rest.trailingZeroBitCount
            let count = min((~(rest >> UInt128(start))).trailingZeroBitCount, 64)
            let range = FieldRange(field: field, start: start, count: count)
            form(.regLoad, version) {
                $0.u16(PackedRange(range).number)
                $0.fieldHeader(header, masked: false)
                $0.number((value.value & range.mask) >> UInt128(start), 8)
            }
            rest &= ~range.mask
        }
    }

    mutating func move(_ from: FieldRange, _ to: FieldRange, _ version: OFVersion) {
        let isStandard = version >= .v15
        form(isStandard ? .copyField15 : .regMove, version) {
            $0.u16(UInt16(to.count))
            $0.u16(UInt16(from.start))
            $0.u16(UInt16(to.start))
            if isStandard { $0.zeros(2) }
            for range in [from, to] {
                $0.rangeName(range, version: isStandard ? range.field.actionVersion(version) : 0)
            }
        }
    }

    mutating func stack(_ form: ActionForm, _ range: FieldRange, _ version: OFVersion) {
        self.form(form, version) {
            $0.u16(UInt16(range.start))
            $0.rangeName(range, version: 0)
            $0.u16(UInt16(range.count))
        }
    }

    mutating func outputField(_ range: FieldRange, _ maxLength: UInt16, isLong: Bool, _ version: OFVersion) {
        form(isLong ? .outputReg2 : .outputReg, version) {
            $0.u16(PackedRange(range).number)
            if isLong { $0.u16(maxLength) }
            $0.rangeName(range, version: 0)
            if !isLong { $0.u16(maxLength) }
        }
    }

    mutating func checkPacketLarger(_ length: UInt16, _ range: FieldRange, _ version: OFVersion) {
        form(.checkPacketLarger, version) {
            $0.u16(length)
            $0.u16(UInt16(range.start))
            $0.rangeName(range, version: 0)
        }
    }

    /// The header of a range's field. A port number's upper bits are there in OpenFlow 1.1's form only.
    mutating func rangeName(_ range: FieldRange, version: UInt8) {
        let isPort32 = range.field == .inPort && range.start + range.count > 16
        fieldName(range.field, version: isPort32 ? OFVersion.v12.rawValue : version)
    }
}

extension Field {
    /// The version whose header actions use: OpenFlow forbids actions that write OXM_OF_IN_PORT, so that in_port stays NXM's.
    func actionVersion(_ version: OFVersion) -> UInt8 { self == .inPort ? 0 : version.rawValue }
}
