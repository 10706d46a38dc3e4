import OpenFlow

/// The pieces of a multipart request that have come so far (OpenFlow 1.3.5, section 7.3.5), until the last one comes.
struct RequestPieces {
    private(set) var messages: [ReceivedMessage]
    private let request: OFRequestPiece
    /// When the next piece must be there.
    fileprivate(set) var deadline: Int64

    fileprivate init(_ message: ReceivedMessage, _ request: OFRequestPiece, deadline: Int64) {
        (messages, self.request, self.deadline) = ([message], request, deadline)
    }

    /// Adds a further piece. Throws `brcBadStat` for one of another request.
    fileprivate mutating func append(_ message: ReceivedMessage, _ piece: OFRequestPiece) throws(OFError) {
        guard piece.kind == request.kind, piece.form == request.form else { throw .brcBadStat }
        // What says nothing is no part of the whole.
        if !piece.isEmpty { messages.append(message) }
    }

    /// Elements that wait; a piece that is not understood counts as one.
    fileprivate var elements: Int { messages.reduce(0) { $0 + $1.elements } }
    fileprivate var bytes: Int { messages.reduce(0) { $0 + $1.bytes.count } }

    /// The request as one message. Only table features and flow monitors may be in pieces that say something: `brcBadStat` for others.
    fileprivate var whole: ReceivedMessage {
        guard messages.count > 1, let first = messages.first else { return messages[0] }
        var features: [TableFeatures] = [], monitors: [FlowMonitorRequest] = []
        for message in messages {
            switch message.result {
            case .success(let packet):
                switch packet.message {
                case .tableFeaturesRequest(let more): features += more
                case .flowMonitorRequest(let more): monitors += more
                default: return ReceivedMessage(first.bytes, .failure(OFDecodeError(.brcBadStat, version: request.version, xid: request.xid)))
                }
            case .failure(let failure):
                let mayBeInPieces = request.kind == .tableFeaturesRequest || request.kind == .flowMonitorRequest
                return ReceivedMessage(first.bytes, .failure(mayBeInPieces ? failure : OFDecodeError(.brcBadStat, version: request.version, xid: request.xid)))
            }
        }
        let header = OFHeader(request.version, xid: request.xid, form: request.form)
        return ReceivedMessage(first.bytes, .success(OFPacket(header, request.kind == .tableFeaturesRequest ? .tableFeaturesRequest(features) : .flowMonitorRequest(monitors))))
    }
}

extension ReceivedMessage {
    fileprivate var elements: Int {
        guard case .success(let packet) = result else { return 1 }
        return switch packet.message {
        case .tableFeaturesRequest(let features): features.count
        case .flowMonitorRequest(let monitors): monitors.count
        default: 1
        }
    }
}

extension OFConnection {
    /// Puts requests in pieces together: returns what is to be handled now, nil for a piece that others follow. Throws `brcBadStat` for a piece of another
    /// request than the one of its number, `brcMultipartBufferOverflow` when too much waits; what waited with that number is forgotten then.
    func whole(_ message: ReceivedMessage, now: Int64) throws(OFError) -> ReceivedMessage? {
        guard let piece = OFRequestPiece(of: message.bytes), piece.version == version, piece.more || pieces[piece.xid] != nil else { return message }
        var all: RequestPieces
        if let former = pieces.removeValue(forKey: piece.xid) {
            all = former
            try all.append(message, piece)
        } else {
            all = RequestPieces(message, piece, deadline: 0)
        }
        guard piece.more else { return all.whole }
        all.deadline = now + ControlLimits.pieceTime
        guard pieces.count < ControlLimits.requestsInPieces, pieces.values.reduce(all.elements, { $0 + $1.elements }) <= ControlLimits.pieces,
            pieces.values.reduce(all.bytes, { $0 + $1.bytes }) <= ControlLimits.pieceBytes
        else { throw .brcMultipartBufferOverflow }
        pieces[piece.xid] = all
        return nil
    }

    /// Refuses requests whose next piece does not come.
    func expirePieces(now: Int64) {
        for (xid, waiting) in pieces where waiting.deadline <= now {
            pieces[xid] = nil
            guard let version, let first = waiting.messages.first else { continue }
            refuse(.brcMultipartRequestTimeout, OFHeader(version, xid: xid), first.bytes)
        }
    }

    /// When something is to be done at the latest if nothing comes.
    var nextDeadline: Int64? {
        isClosed ? nil : [pieces.values.lazy.map(\.deadline).min(), bundles.values.map { $0.used + manager.bridge.ofproto.limits.bundleIdle }.min()].compactMap { $0 }.min()
    }
}
