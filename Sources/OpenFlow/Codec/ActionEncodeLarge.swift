import Flow
import Wire

// The larger actions: controller, sample, bundle, multipath, learn, ct, nat, encap.

extension ByteWriter {
    mutating func controller(_ spec: ControllerSpec, _ version: OFVersion) {
        if spec.hasProperties { return controller2(spec, version) }
        form(.controller, version) {
            $0.u16(spec.maxLength)
            $0.u16(spec.id)
            $0.u8(spec.reason)
        }
    }

    mutating func controller2(_ spec: ControllerSpec, _ version: OFVersion) {
        form(.controller2, version) {
            $0.zeros(6)
            // Numbers of 16 bits are written with their padding, as in OVS.
            if spec.maxLength != .max { $0.property(0, UInt128(spec.maxLength) << 16, 4) }
            if spec.id != 0 { $0.property(1, UInt128(spec.id) << 16, 4) }
            if spec.reason != 1 { $0.property(2, UInt128(spec.reason), 1) }
            if !spec.userdata.isEmpty {
                let start = $0.count
                $0.u16(3)
                $0.u16(UInt16(truncatingIfNeeded: 4 + spec.userdata.count))
                $0.put(spec.userdata)
                $0.pad(from: start)
            }
            if spec.pause { $0.property(4, 0, 0) }
            if let meter = spec.meter { $0.property(5, UInt128(meter), 4) }
        }
    }

    /// A property: type, length of both and the value, the value, padding to 8 bytes.
    private mutating func property(_ type: UInt16, _ value: UInt128, _ size: Int) {
        let start = count
        u16(type)
        u16(UInt16(4 + size))
        number(value, size)
        pad(from: start)
    }

    mutating func sample(_ spec: SampleSpec, _ form: ActionForm, _ version: OFVersion) {
        self.form(form, version) {
            $0.u16(spec.probability)
            $0.u32(spec.collectorSet)
            $0.u32(spec.observationDomain)
            $0.u32(spec.observationPoint)
            guard form != .sample else { return }
            $0.u16(spec.samplingPort.number)
            $0.u8(spec.direction.rawValue)
        }
    }

    mutating func bundle(_ spec: BundleSpec, _ version: OFVersion) {
        form(spec.destination == nil ? .bundle : .bundleLoad, version) {
            $0.u16(spec.algorithm.rawValue)
            $0.u16(spec.fields.rawValue)
            $0.u16(spec.basis)
            $0.u32(inPortHeader)
            $0.u16(UInt16(spec.members.count))
            if let range = spec.destination {
                $0.u16(PackedRange(range).number)
                $0.rangeName(range, version: 0)
            } else {
                $0.zeros(6)
            }
            $0.zeros(4)
            for member in spec.members { $0.u16(member.number) }
        }
    }

    mutating func multipath(_ spec: MultipathSpec, _ version: OFVersion) {
        form(.multipath, version) {
            $0.u16(spec.fields.rawValue)
            $0.u16(spec.basis)
            $0.zeros(2)
            $0.u16(spec.algorithm.rawValue)
            $0.u16(spec.maximumLink)
            $0.u32(spec.argument)
            $0.zeros(2)
            $0.u16(PackedRange(spec.destination).number)
            $0.rangeName(spec.destination, version: 0)
        }
    }

    mutating func learn(_ spec: LearnSpec, isSecond: Bool, _ version: OFVersion) {
        form(isSecond ? .learn2 : .learn, version) {
            $0.u16(spec.idleTimeout)
            $0.u16(spec.hardTimeout)
            $0.u16(spec.priority)
            $0.u64(spec.cookie)
            $0.u16(spec.flags.rawValue)
            $0.u8(spec.table)
            $0.u8(0)
            $0.u16(spec.finIdleTimeout)
            $0.u16(spec.finHardTimeout)
            if isSecond {
                $0.u32(spec.limit)
                $0.u16(UInt16(spec.result?.start ?? 0))
                $0.u16(0)
            }
            if spec.flags.contains(.writeResult), let result = spec.result { $0.rangeName(result, version: 0) }
            for part in spec.parts { $0.learnPart(part) }
        }
    }

    private mutating func learnPart(_ part: LearnSpec.Part) {
        var head = UInt16(part.count & 0x3ff)
        if case .immediate = part.source { head |= 1 << 13 }
        switch part.destination {
        case .match: break
        case .load: head |= 1 << 11
        case .output: head |= 2 << 11
        }
        u16(head)
        switch part.source {
        case .field(let range): learnRange(range)
        case .immediate(let bytes): put(bytes)
        }
        switch part.destination {
        case .match(let range), .load(let range): learnRange(range)
        case .output: break
        }
    }

    private mutating func learnRange(_ range: FieldRange) {
        rangeName(range, version: 0)
        u16(UInt16(range.start))
    }

    mutating func conntrack(_ spec: ConntrackSpec, _ version: OFVersion) {
        form(.ct, version) {
            $0.u16((spec.commit ? 1 : 0) | (spec.force ? 2 : 0))
            switch spec.zone {
            case .immediate(let zone):
                $0.u32(0)
                $0.u16(zone)
            case .field(let range):
                $0.rangeName(range, version: 0)
                $0.u16(PackedRange(range).number)
            }
            $0.u8(spec.table ?? 0xff)
            $0.zeros(3)
            $0.u16(spec.helper)
            spec.actions.encodeActions(&$0, version)
        }
    }

    mutating func nat(_ spec: NATSpec, _ version: OFVersion) {
        var present: UInt16 = 0
        switch spec.addresses {
        case .none: break
        case .ipv4(_, let last): present = last == nil ? 1 : 3
        case .ipv6(_, let last): present = last == nil ? 4 : 12
        }
        if spec.addresses != .none, spec.firstPort != nil { present |= spec.lastPort == nil ? 0x10 : 0x30 }
        form(.nat, version) {
            $0.zeros(2)
            $0.u16(spec.flags.rawValue)
            $0.u16(present)
            switch spec.addresses {
            case .none: break
            case .ipv4(let first, let last):
                $0.u32(first.host)
                if let last { $0.u32(last.host) }
            case .ipv6(let first, let last):
                $0.number(first.number, 16)
                if let last { $0.number(last.number, 16) }
            }
            guard present & 0x10 != 0, let first = spec.firstPort else { return }
            $0.u16(first)
            if let last = spec.lastPort { $0.u16(last) }
        }
    }

    mutating func encap(_ type: UInt32, _ properties: [EncapProperty], _ version: OFVersion) {
        form(.encap, version) {
            $0.zeros(2)
            $0.u32(type)
            for property in properties { $0.encapProperty(property) }
        }
    }

    private mutating func encapProperty(_ property: EncapProperty) {
        let start = count
        u16(EncapProperty.nshClass)
        switch property {
        case .nshMDType(let type):
            u8(1)
            u8(5)
            u8(type)
        case .nshTLV(let optionClass, let option, let bytes):
            u8(2)
            u8(UInt8(truncatingIfNeeded: 8 + (bytes.count + 7) / 8 * 8))
            u16(optionClass)
            u8(option)
            u8(UInt8(truncatingIfNeeded: bytes.count))
            put(bytes)
        }
        pad(from: start)
    }
}
