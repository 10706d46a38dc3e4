import Flow
import Wire

extension [OFAction] {
    /// The actions, in the forms that ovs-ofctl gives them in `version`. What the version cannot say is left out, and so are instructions after OpenFlow 1.0.
    public func encodeActions(_ writer: inout ByteWriter, _ version: OFVersion) {
        for action in self { writer.action(action, version) }
    }
}

extension ByteWriter {
    mutating func action(_ action: OFAction, _ version: OFVersion) {
        switch action {
        case .output(let port, let maxLength): output(port, maxLength, version)
        case .outputField(let range): outputField(range, .max, isLong: range.field.hasLongHeader, version)
        case .controller(let spec): controller(spec, version)
        case .enqueue(let port, let queue): enqueue(port, queue, version)
        case .drop, .unrollTranslation: break
        case .pushVLAN(let type): form(.pushVLAN, version) { $0.u16(type) }
        case .stripVLAN: form(.stripVLAN, version)
        case .setVLANVID(let vid): setVLANVID(vid, version)
        case .setVLANPCP(let pcp): setVLANPCP(pcp, version)
        case .pushMPLS(let type): form(.pushMPLS, version) { $0.u16(type) }
        case .popMPLS(let type): form(.popMPLS, version) { $0.u16(type) }
        case .setField(let field, let value): setField(field, value, version)
        case .setTunMetadata(let written): setTunMetadata(written, version)
        case .setTransportSource(let port): form(.setTPSrc, version) { $0.u16(port) }
        case .setTransportDestination(let port): form(.setTPDst, version) { $0.u16(port) }
        case .move(let from, let to): move(from, to, version)
        case .decTTL(let ids): decTTL(ids, version)
        case .decMPLSTTL: form(.decMPLSTTL, version)
        case .decNSHTTL: form(.decNSHTTL, version)
        case .setQueue(let queue): form(.setQueue, argument: queue, version)
        case .popQueue: form(.popQueue, version)
        case .group(let group): form(.group, argument: group, version)
        case .meter(let meter): form(.meter, argument: meter, version)
        case .resubmit(let port, let table, let ct):
            resubmit(ct ? .resubmitTableCT : table == nil ? .resubmit : .resubmitTable, port ?? .inPort, table ?? 0xff, version)
        case .gotoTable(let table): if version == .v10 { resubmit(.resubmitTable, .inPort, table, version) }
        case .writeMetadata(let value, let mask): if version == .v10 { writeMetadata(value, mask, version) }
        case .writeActions, .clearActions: break
        case .clone(let actions): form(.clone, version) {
            $0.zeros(6)
            actions.encodeActions(&$0, version)
        }
        case .sample(let spec): sample(spec, spec.direction != .standard ? .sample3 : spec.samplingPort != .none ? .sample2 : .sample, version)
        case .note(let bytes): form(.note, version) { $0.put(bytes) }
        case .exit: form(.exit, version)
        case .push(let range): stack(.stackPush, range, version)
        case .pop(let range): stack(.stackPop, range, version)
        case .bundle(let spec): bundle(spec, version)
        case .multipath(let spec): multipath(spec, version)
        case .learn(let spec): learn(spec, isSecond: spec.isSecondForm, version)
        case .conjunction(let id, let clause, let clauses): form(.conjunction, version) {
            $0.u8(clause)
            $0.u8(clauses)
            $0.u32(id)
        }
        case .finTimeout(let idle, let hard): form(.finTimeout, version) {
            $0.u16(idle)
            $0.u16(hard)
        }
        case .ct(let spec): conntrack(spec, version)
        case .ctClear: form(.ctClear, version)
        case .nat(let spec): nat(spec, version)
        case .checkPacketLarger(let length, let range): checkPacketLarger(length, range, version)
        case .encap(let type, let properties): encap(type, properties, version)
        case .decap(let type): form(.decap, version) {
            $0.zeros(2)
            $0.u32(type)
        }
        case .deleteField(let field): form(.deleteField, version) { $0.fieldName(field, version: 0) }
        case .debugRecirculate: form(.debugRecirculate, version)
        case .debugSlow: form(.debugSlow, version)
        case .worded(let wording, let action): worded(wording, action, version)
        }
    }

    /// Writes an action: its header, what `body` writes, and zeroes up to its size and to a multiple of eight bytes. Nothing if the version lacks it.
    mutating func form(_ form: ActionForm, _ version: OFVersion, _ body: (inout ByteWriter) -> Void = { _ in }) {
        guard let layout = form.layout(version) else { return }
        let start = count
        u16(layout.family == .standard ? layout.number : 0xffff)
        u16(0)
        if layout.family != .standard {
            u32(layout.family.vendor)
            u16(layout.number)
        }
        body(&self)
        zeros(start + Int(layout.size) - count)
        pad(from: start)
        set16(count - start, at: start + 2)
    }

    /// An action with a 32-bit argument, which stands at a multiple of four bytes.
    mutating func form(_ form: ActionForm, argument: UInt32, _ version: OFVersion) {
        let isWide = form.layout(version)?.family != .standard
        self.form(form, version) {
            if isWide { $0.zeros(2) }
            $0.u32(argument)
        }
    }

    private mutating func output(_ port: OFPort, _ maxLength: UInt16, _ version: OFVersion) {
        if port != .controller, maxLength != 0 {
            return form(.outputTruncated, version) {
                $0.u16(port.number)
                $0.u32(UInt32(maxLength))
            }
        }
        plainOutput(port, maxLength, version)
    }

    mutating func plainOutput(_ port: OFPort, _ maxLength: UInt16, _ version: OFVersion) {
        if version == .v10 {
            form(.output10, version) {
                $0.u16(port.number)
                $0.u16(maxLength)
            }
        } else {
            form(.output11, version) {
                $0.port32(port)
                $0.u16(maxLength)
            }
        }
    }

    private mutating func enqueue(_ port: OFPort, _ queue: UInt32, _ version: OFVersion) {
        guard version > .v10 else {
            return form(.enqueue, version) {
                $0.u16(port.number)
                $0.zeros(6)
                $0.u32(queue)
            }
        }
        form(.setQueue, argument: queue, version)
        form(.output11, version) {
            $0.port32(port)
            $0.u16(.max)
        }
        form(.popQueue, version)
    }

    private mutating func decTTL(_ ids: [UInt16], _ version: OFVersion) {
        guard !ids.isEmpty else { return form(.decTTL, version) }
        form(.decTTLIDs, version) {
            $0.u16(UInt16(truncatingIfNeeded: ids.count))
            $0.zeros(4)
            for id in ids { $0.u16(id) }
        }
    }

    /// `table` is for the forms that have one.
    mutating func resubmit(_ form: ActionForm, _ port: OFPort, _ table: UInt8, _ version: OFVersion) {
        self.form(form, version) {
            $0.u16(port.number)
            if form != .resubmit { $0.u8(table) }
        }
    }

    private mutating func writeMetadata(_ value: UInt64, _ mask: UInt64, _ version: OFVersion) {
        form(.writeMetadata, version) {
            $0.zeros(6)
            $0.u64(value)
            $0.u64(mask)
        }
    }
}
