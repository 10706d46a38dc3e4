import OpenFlow

/// The pieces of a multipart request that have come so far (OpenFlow 1.3.5, section 7.3.5), until the last one comes.
struct RequestPieces {
    let header: OFHeader
    /// The first piece, for an error that quotes it.
    let start: [UInt8]
    var features: [TableFeatures] = []
    var monitors: [FlowMonitorRequest] = []
    /// When the next piece must be there.
    var deadline: Int64

    /// True if a message is a further piece of the same request.
    func isContinued(by other: OFHeader) -> Bool { other.xid == header.xid && other.form == header.form }
}

extension OFConnection {
    /// Adds a piece. Returns the whole request once its last piece has come, and nil before. A request that begins before another one's
    /// end takes its place. Throws `brcMultipartBufferOverflow` when it grows too long.
    func collect(
        _ header: OFHeader, _ bytes: [UInt8], features: [TableFeatures] = [], monitors: [FlowMonitorRequest] = [], now: Int64
    ) throws(OFError) -> RequestPieces? {
        var all = RequestPieces(header: header, start: bytes, deadline: 0)
        if let pieces, pieces.isContinued(by: header) { all = pieces }
        pieces = nil
        all.features += features
        all.monitors += monitors
        all.deadline = now + ControlLimits.pieceTime
        guard all.features.count + all.monitors.count <= ControlLimits.pieces else { throw .brcMultipartBufferOverflow }
        guard header.more else { return all }
        pieces = all
        return nil
    }

    /// Refuses a request whose next piece does not come.
    func expirePieces(now: Int64) {
        guard let waiting = pieces, waiting.deadline <= now else { return }
        pieces = nil
        refuse(.brcMultipartRequestTimeout, waiting.header, waiting.start)
    }

    /// When something is to be done at the latest if nothing comes.
    var nextDeadline: Int64? { isClosed ? nil : [pieces?.deadline, bundles.values.map { $0.used + ControlLimits.bundleIdle }.min()].compactMap { $0 }.min() }
}
