import Flow
import OpenFlow

/// Actions on tun_metadata fields. Where a field is in the key, the bridge's table of tunnel options says; what is not mapped there reads as 0 and
/// cannot be written. A field that is written is present from then on.
extension Translator {
    /// set_field and load.
    func setTunMetadata(_ written: TunMetadata, bridge: Bridge) {
        guard let place = written.field.tunMetadataIndex.flatMap({ bridge.tlvMappings.places[$0] }) else { return }
        let new = written.fitted(to: place.bytes)
        if let mask = new.mask {
            let old = flow.key.tunMetadata(at: place)
            flow.key.setTunMetadata(at: place, to: old.indices.map { old[$0] & ~mask[$0] | new.value[$0] })
        } else {
            flow.key.setTunMetadata(at: place, to: new.value)
        }
        flow.key.l5.tunMetadataPresent |= place.presence
    }

    /// delete_field
    func deleteTunMetadata(_ field: Field, bridge: Bridge) {
        guard let index = field.tunMetadataIndex, let place = bridge.tlvMappings.places[index] else { return }
        flow.key.setTunMetadata(at: place, to: [UInt8](repeating: 0, count: place.bytes))
        flow.key.l5.tunMetadataPresent &= ~place.presence
        traceDetail("delete \(field.name)")
    }

    /// move from or to a tun_metadata field. Between two of them there may be more bits than one number holds.
    func moveTunMetadata(_ from: FieldRange, _ to: FieldRange, bridge: Bridge) {
        let most = UInt128.bitWidth
        let parts = stride(from: 0, to: from.count, by: most).map { start in
            (start, min(most, from.count - start))
        }
        // All is read before anything is written: the ranges may overlap.
        let values = parts.map { start, count in value(FieldRange(field: from.field, start: from.start + start, count: count), bridge: bridge) }
        for ((start, count), value) in zip(parts, values) {
            write(value, to: FieldRange(field: to.field, start: to.start + start, count: count), bridge: bridge)
        }
        if !to.field.isTunMetadata { traceValue(to) }
    }

    /// At most 128 bits of any field.
    func value(_ range: FieldRange, bridge: Bridge) -> UInt128 {
        guard let index = range.field.tunMetadataIndex else {
            consult(range)
            return range.value(in: flow.key)
        }
        guard let place = bridge.tlvMappings.places[index] else { return 0 }
        wildcards.key.setTunMetadata(at: place, start: range.start, count: range.count, to: .max)
        return flow.key.tunMetadata(at: place, start: range.start, count: range.count)
    }

    private func write(_ value: UInt128, to range: FieldRange, bridge: Bridge) {
        guard let index = range.field.tunMetadataIndex else {
            consult(range)
            return range.set(value, in: &flow.key)
        }
        guard let place = bridge.tlvMappings.places[index] else { return }
        flow.key.setTunMetadata(at: place, start: range.start, count: range.count, to: value)
        flow.key.l5.tunMetadataPresent |= place.presence
    }
}

extension FlowBuffer {
    /// The values of all tun_metadata fields become zero.
    func clearTunMetadata() { for line in 6...9 { self[line: line] = .zero } }

    /// Nothing of a tunnel is left.
    func clearTunnel() {
        self[line: 2] = .zero
        key.l5.tunMetadataPresent = 0
        clearTunMetadata()
    }
}
