import Flow
import Wire

extension PacketOut {
    init(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        let version = context.version
        let buffer = try reader.optional32()
        self.init(bufferID: buffer, metadata: Match(), frame: [], actions: [])
        let length: Int
        if version == .v15 {
            length = Int(try reader.u16())
            try reader.skip(2)
            metadata = try Match.decodeOXM(&reader, strict: false, pipelineOnly: true)
            guard !metadata.isWild(.inPort) else { throw .brcBadPort }
        } else {
            metadata = Match(inPort: try reader.port(version))
            length = Int(try reader.u16())
            if version > .v10 { try reader.skip(6) }
        }
        var part = try reader.part(length, .bacBadLen)
        actions = try [OFAction].decodeActions(&part, version)
        let port = metadata.inPort
        guard port < .maximum || [.local, .none, .controller].contains(port) else { throw .brcBadPort }
        if bufferID == nil { frame = reader.rest() }
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        let version = context.version
        writer.u32(bufferID ?? FlowRequest.noBuffer)
        let length: Int
        if version == .v15 {
            length = writer.count
            writer.zeros(4)
            metadata.encodeOXM(&writer, version)
        } else {
            writer.port(metadata.inPort, version)
            length = writer.count
            writer.zeros(version == .v10 ? 2 : 8)
        }
        let start = writer.count
        actions.encodeActions(&writer, version)
        writer.set16(writer.count - start, at: length)
        if bufferID == nil { writer.put(frame) }
    }
}
